"use strict";
const express = require("express");
const escape = require("escape-html");

const app = express();

app.get("/", (request, response) => {
  response.send("hello");
});

app.get("/hello", (request, response) => {
  response.send(`hello ${escape(request.query.name)}`);
});

app.get("/echo", (request, response) => {
  response.send(`you said ${request.query.text}`);
});

module.exports = app;
