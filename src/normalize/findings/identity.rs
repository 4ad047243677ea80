//! By what a finding is the same one in another run of its tool.
//!
//! Two things may tell. The *content*: tool (by its key), rule, path, and a text of the finding itself: the snippet without
//! any blank, or where there is none the message, in which each run of blanks is one blank and positions (see
//! [`text`](super::text)) are left out. And what the tool *states*: its fingerprints, see [`stated`](super::stated).
//! Neither holds a line, so that both outlive a move; what is equal by them is told apart by its order alone.
//!
//! A snippet that holds no letter and no digit, or that the tool has masked, says nothing, and the message stands for it.
//!
//! Rows that bring no identity of their own are recognised by their fingerprint, as if that were made from a message.

use sha2::{Digest, Sha256};

use super::text;
use crate::collect::sarif::Stated;

/// What the content of a finding shows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Proof {
    /// Nothing but rule and place.
    Nothing,
    /// What the tool says of it.
    Message,
    /// The text that it was found in.
    Snippet,
}

/// What a finding is recognised by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    /// A digest of tool, rule, path and text.
    pub(super) content: u128,
    /// A digest of tool, rule, path and the tool's fingerprints, where they identify; else 0.
    pub(super) stated: u128,
    /// Which fingerprints these are; 0 where there is none.
    pub(super) keys: u32,
    /// What the text of `content` is.
    pub(super) proof: Proof,
}

impl Identity {
    /// The identity of a finding that is known by its fingerprint alone.
    pub(super) const fn of_fingerprint(fingerprint: u128) -> Self {
        Self { content: fingerprint, stated: 0, keys: 0, proof: Proof::Message }
    }

    /// The same without what the tool states.
    pub(super) const fn without_stated(self) -> Self {
        Self { stated: 0, keys: 0, ..self }
    }

    /// What the evidence says of it.
    pub(super) const fn fingerprint(&self) -> u128 {
        if self.stated == 0 { self.content } else { self.stated }
    }
}

/// A digest of what all findings of one rule share.
pub(super) fn who(tool_key: &str, rule: &str) -> u128 {
    digest(|hash| {
        for part in [tool_key, rule] {
            hash.update(part);
            hash.update([0]);
        }
    })
}

/// A digest of the text of a finding, and what it shows. `room` is for the text, so that each needs none of its own.
pub(super) fn content_text(snippet: Option<&str>, message: &str, room: &mut String) -> (u128, Proof) {
    room.clear();
    let proof = if let Some(snippet) = snippet.filter(|snippet| text::tells(snippet)) {
        room.push('s');
        words(snippet, |word| room.push_str(word));
        Proof::Snippet
    } else {
        room.push('m');
        words(&text::without_positions(message), |word| {
            room.push(' ');
            room.push_str(word);
        });
        if room.len() > 1 { Proof::Message } else { Proof::Nothing }
    };
    (digest(|hash| hash.update(room.as_bytes())), proof)
}

/// Does something with each word of a text, in a hurry where it is ASCII.
fn words(text: &str, each: impl FnMut(&str)) {
    if text.is_ascii() { text.split_ascii_whitespace().for_each(each) } else { text.split_whitespace().for_each(each) }
}

/// A digest of a path, or of a location that could not be mapped.
pub(super) fn place(written: &str) -> u128 {
    digest(|hash| hash.update(written))
}

/// The identity of a finding of a rule, at a place, with a text; each as its digest.
pub(super) fn identity(who: u128, place: u128, text: (u128, Proof), stated: Option<Stated>) -> Identity {
    let joined = |kind: u8, own: u128| {
        // At once, and in one block of the digest.
        let mut bytes = [kind; 49];
        for (slot, part) in bytes.chunks_exact_mut(16).zip([who, place, own]) {
            slot.copy_from_slice(&part.to_be_bytes());
        }
        digest(|hash| hash.update(bytes))
    };
    let own = stated
        .map(|Stated { keys, value }| u128::from(keys.get()) << 64 | u128::from(value.0) << 32 | u128::from(value.1));
    Identity {
        content: joined(b'c', text.0),
        stated: own.map_or(0, |own| joined(b's', own)),
        keys: stated.map_or(0, |stated| stated.keys.get()),
        proof: text.1,
    }
}

/// The first 128 bits of a SHA-256.
fn digest(feed: impl FnOnce(&mut Sha256)) -> u128 {
    let mut hash = Sha256::new();
    feed(&mut hash);
    hash.finalize().iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}
