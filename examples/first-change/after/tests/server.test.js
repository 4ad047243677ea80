"use strict";
const test = require("node:test");
const assert = require("node:assert");
const app = require("../src/server.js");

test("the app is a function", () => {
  assert.strictEqual(typeof app, "function");
});
