//! The functions that the language itself has, as far as a rule can call them: for people, in the reference and in
//! definition files. Nothing here runs or checks a rule.

mod table;

pub(crate) use table::NATIVE_FUNCTIONS;

/// A type of what the language's functions take and give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Native {
    Nothing,
    Array,
    Character,
    /// What `for` goes through, one character at a time.
    CharacterStream,
    Decimal,
    /// What `for` goes through, as ranges with a step of decimal numbers give it.
    DecimalStream,
    Flag,
    Function,
    Map,
    Number,
    /// What `for` goes through, as ranges with a step give it.
    NumberStream,
    Range,
    Text,
    /// Of any type.
    Value,
}

impl Native {
    /// As the reference names it; empty for no value.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Array => "array",
            Self::Character => "character",
            Self::CharacterStream => "characters",
            Self::Decimal => "decimal number",
            Self::DecimalStream => "decimal numbers",
            Self::Flag => "true or false",
            Self::Function => "function",
            Self::Map => "map",
            Self::Number => "number",
            Self::NumberStream => "numbers",
            Self::Range => "range",
            Self::Text => "text",
            Self::Value => "value",
        }
    }

    /// As definition files name it.
    pub(crate) fn definition(self) -> &'static str {
        match self {
            Self::Nothing => "()",
            Self::Array => "Array",
            Self::Character => "char",
            Self::CharacterStream => "Iterator<char>",
            Self::Decimal => "float",
            Self::DecimalStream => "Iterator<float>",
            Self::Flag => "bool",
            Self::Function => "FnPtr",
            Self::Map => "Map",
            Self::Number => "int",
            Self::NumberStream => "Iterator<int>",
            Self::Range => "Range",
            Self::Text => "String",
            Self::Value => "?",
        }
    }
}

/// A function of the language.
#[derive(Debug)]
pub(crate) struct NativeFunction {
    pub(crate) name: &'static str,
    /// Names and types, that of the value that it is called on first.
    pub(crate) params: &'static [(&'static str, Native)],
    pub(crate) returns: Native,
    /// What it gives or does to the value that it is called on, which is "it": lower case, no final period.
    pub(crate) doc: &'static str,
    /// Whether it can also be read without parentheses.
    pub(crate) property: bool,
}

#[cfg(test)]
mod tests;
