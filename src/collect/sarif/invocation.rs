//! Invocations of a tool: whether it finished, what it notified of, which levels it was told. Reads the shape only.

use serde::de::MapAccess;

use super::result::{OneMessage, OneReference};
use super::shapes::{Choice, Flag, List, Scalar, Text, keep};
use super::tolerant::{Cx, Shape, fields, keys, value};
use super::tool::Configuration;
use super::wire::Invocation;
use crate::evidence::{Level, NO_SYMBOL};

keys!(InvocationKey {
    Successful = "executionSuccessful", Execution = "toolExecutionNotifications",
    Configuration = "toolConfigurationNotifications", Overrides = "ruleConfigurationOverrides",
    StartFailure = "processStartFailureMessage", SignalName = "exitSignalName", SignalNumber = "exitSignalNumber",
} again { Successful, Execution, Configuration });
keys!(NotificationKey { Level = "level", Message = "message" } again { Level });
keys!(OverrideKey { Descriptor = "descriptor", Configuration = "configuration" } again {});

#[derive(Clone, Copy)]
pub(super) struct OneInvocation;

impl<'de> Shape<'de> for OneInvocation {
    type Value = Invocation;
    const EXPECTED: &'static str = "an object with `executionSuccessful`";

    fn otherwise(self, _: &mut Cx) -> Invocation {
        Invocation::default()
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<Invocation, A::Error> {
        let mut invocation = Invocation::default();
        let seen = fields(cx, map, |cx, key, map| {
            match key {
                InvocationKey::Successful => {
                    let stated = value(cx, map, Flag)?;
                    invocation.successful = if invocation.successful == Some(false) { Some(false) } else { stated };
                }
                InvocationKey::Execution | InvocationKey::Configuration => {
                    value(
                        cx,
                        map,
                        List(Notification, |_: &mut Cx, _, error: Option<u32>| {
                            if let Some(text) = error {
                                if invocation.errors == 0 {
                                    invocation.first_error = text;
                                }
                                invocation.errors += 1;
                            }
                        }),
                    )?;
                }
                InvocationKey::Overrides => value(cx, map, keep(Override, &mut invocation.overrides))?,
                InvocationKey::StartFailure => invocation.start_failure = value(cx, map, Text)?,
                InvocationKey::SignalName => invocation.signal = value(cx, map, Text)?,
                InvocationKey::SignalNumber => {
                    let number = value(cx, map, Scalar)?;
                    if invocation.signal == NO_SYMBOL {
                        invocation.signal = number;
                    }
                }
            }
            Ok(())
        })?;
        if !seen.has(InvocationKey::Successful) {
            cx.problem("found an invocation without `executionSuccessful`, expected it");
        }
        Ok(invocation)
    }
}

/// One notification; gives its text where its level is `error`. A level that is absent is `warning` (section 3.58.6).
#[derive(Clone, Copy)]
struct Notification;

impl<'de> Shape<'de> for Notification {
    type Value = Option<u32>;
    const EXPECTED: &'static str = "an object that is a notification";

    fn otherwise(self, _: &mut Cx) -> Option<u32> {
        None
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<Option<u32>, A::Error> {
        let (mut level, mut text) = (None, NO_SYMBOL);
        fields(cx, map, |cx, key, map| {
            match key {
                NotificationKey::Level => level = level.max(value(cx, map, Choice::<Level>::NEW)?),
                NotificationKey::Message => {
                    let message = value(cx, map, OneMessage)?;
                    text = [message.text, message.markdown, message.id]
                        .into_iter()
                        .find(|symbol| *symbol != NO_SYMBOL)
                        .unwrap_or(NO_SYMBOL);
                }
            }
            Ok(())
        })?;
        Ok((level == Some(Level::Error)).then_some(text))
    }
}

#[derive(Clone, Copy)]
struct Override;

impl<'de> Shape<'de> for Override {
    type Value = (u32, Option<Level>);
    const EXPECTED: &'static str = "an object with `descriptor` and `configuration`";

    fn otherwise(self, _: &mut Cx) -> (u32, Option<Level>) {
        (NO_SYMBOL, None)
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<(u32, Option<Level>), A::Error> {
        let (mut descriptor, mut level) = (NO_SYMBOL, None);
        fields(cx, map, |cx, key, map| {
            match key {
                OverrideKey::Descriptor => descriptor = value(cx, map, OneReference)?,
                OverrideKey::Configuration => level = value(cx, map, Configuration)?,
            }
            Ok(())
        })?;
        Ok((descriptor, level))
    }
}
