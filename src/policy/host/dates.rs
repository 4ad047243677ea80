//! Dates: days of the calendar in UTC. There is no clock: today is the day that the change is judged on.

use jiff::civil::{Date, Weekday as OfWeek};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use rhai::{Dynamic, INT, ImmutableString, Module};

use super::advisories::AdvisoryRows;
use super::collection::Item;
use super::error::{HostError, HostResult};
use super::reviews::ReviewRows;
use super::signature::{Param, Signature};
use super::stored::{Stored, property};
use super::words::WordValue;
use crate::diagnostic::Code;
use crate::evidence::vocabulary;

vocabulary! {
    /// A day of the week.
    pub(crate) enum Weekday("weekday", ordered: false) {
        /// The first one of ISO 8601.
        Monday = "monday",
        /// The second.
        Tuesday = "tuesday",
        /// The third.
        Wednesday = "wednesday",
        /// The fourth.
        Thursday = "thursday",
        /// The fifth.
        Friday = "friday",
        /// The sixth.
        Saturday = "saturday",
        /// The last.
        Sunday = "sunday",
    }
}

/// The type's name.
pub(crate) const DATE: &str = "Date";

/// A date as scripts handle it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(Date);

impl Day {
    /// Reads `2026-01-31`, and nothing that is written otherwise.
    pub(crate) fn parse(text: &str) -> Result<Self, HostError> {
        let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
        date.map(Self).ok_or_else(|| {
            HostError::new(Code::BadArguments, format!("`{text}` is no date, expected one such as `2026-01-31`"))
        })
    }

    /// The day that it is in UTC.
    pub(super) fn at(time: Timestamp) -> Self {
        Self(time.to_zoned(TimeZone::UTC).date())
    }

    /// The day in UTC of a time as evidence writes it: RFC 3339, or a date alone. `what` says whose time it is.
    pub(super) fn of(time: Option<&str>, what: &str) -> HostResult<Self> {
        let Some(text) = time else {
            return Err(HostError::new(Code::NotKnown, format!("nothing tells when {what}")).into());
        };
        let day = text.parse::<Timestamp>().map(Self::at).or_else(|_| text.parse::<Date>().map(Self));
        day.map_err(|_| {
            HostError::new(Code::NotKnown, format!("nothing tells when {what}: `{text}` is no time that can be read"))
                .into()
        })
    }

    /// How many days later another one is.
    fn until(self, other: Self) -> HostResult<INT> {
        let days = self.0.until(other.0).map(|span| INT::from(span.get_days()));
        days.map_err(|_| {
            HostError::new(Code::BadArguments, format!("can't count from {} to {}", self.0, other.0)).into()
        })
    }

    fn plus(self, days: INT) -> HostResult<Self> {
        let later = Span::new().try_days(days).and_then(|span| self.0.checked_add(span));
        later.map(Self).map_err(|_| {
            let message = format!("{days} days from {} there is no date: years go from -9999 to 9999", self.0);
            HostError::new(Code::BadArguments, message).into()
        })
    }

    fn weekday(self) -> Weekday {
        match self.0.weekday() {
            OfWeek::Monday => Weekday::Monday,
            OfWeek::Tuesday => Weekday::Tuesday,
            OfWeek::Wednesday => Weekday::Wednesday,
            OfWeek::Thursday => Weekday::Thursday,
            OfWeek::Friday => Weekday::Friday,
            OfWeek::Saturday => Weekday::Saturday,
            OfWeek::Sunday => Weekday::Sunday,
        }
    }

    /// `2026-01-31`.
    pub(super) fn text(self) -> ImmutableString {
        self.0.to_string().into()
    }
}

/// What is wrong with a text that stands for a date.
pub(crate) fn check_date(text: &str) -> Result<(), HostError> {
    Day::parse(text).map(drop)
}

/// A date that a pack wrote, as a value; `None` where it is none.
pub(crate) fn date_value(text: &str) -> Option<Dynamic> {
    Day::parse(text).ok().map(Dynamic::from)
}

const fn part(
    name: &'static str,
    returns: &'static str,
    doc: &'static str,
    register: fn(&mut Module, &'static str),
) -> Signature {
    Signature::property(DATE, name, returns, doc, register)
}

const OTHER: &[(&str, Param)] = &[("other", Param::Value(DATE))];

pub(super) const TABLE: &[Signature] = &[
    Signature::method("", "date", &[("text", Param::Date)], DATE, "a day of the calendar", |module, name| {
        module.set_native_fn(name, |text: &str| Ok(Day::parse(text)?));
    })
    .errors("a text that is not written like `2026-01-31`, or no day of the calendar")
    .example("if change.as_of != \"\" && change.today >= date(\"2026-12-24\") { note(\"after the freeze\"); }"),
    Signature::method(
        DATE,
        "days_until",
        OTHER,
        "number",
        "how many days later another date is; negative where it is earlier",
        |module, name| {
            module.set_native_fn(name, |day: Day, other: Day| day.until(other));
        },
    )
    .example("note(`${date(\"2026-01-31\").days_until(date(\"2026-03-01\"))} days`);"),
    Signature::method(
        DATE,
        "days_since",
        OTHER,
        "number",
        "how many days earlier another date is; negative where it is later",
        |module, name| {
            module.set_native_fn(name, |day: Day, other: Day| other.until(day));
        },
    )
    .example("note(`${date(\"2026-03-01\").days_since(date(\"2026-01-31\"))} days`);"),
    Signature::method(
        DATE,
        "plus_days",
        &[("n", Param::Number)],
        DATE,
        "the date so many days later; earlier, for a negative number",
        |module, name| {
            module.set_native_fn(name, |day: Day, days: INT| day.plus(days));
        },
    )
    .errors("a date past the year 9999, or before -9999")
    .example("note(`until ${date(\"2026-01-31\").plus_days(90)}`);"),
    part("year", "number", "its year", |module, name| {
        module.set_getter_fn(name, |day: &mut Day| Ok(INT::from(day.0.year())));
    })
    .example("if date(\"2026-01-31\").year == 2026 { note(\"this year\"); }"),
    part("month", "number", "its month, from 1 to 12", |module, name| {
        module.set_getter_fn(name, |day: &mut Day| Ok(INT::from(day.0.month())));
    })
    .example("if date(\"2026-12-24\").month == 12 { note(\"in December\"); }"),
    part("day", "number", "its day of the month, from 1 to 31", |module, name| {
        module.set_getter_fn(name, |day: &mut Day| Ok(INT::from(day.0.day())));
    })
    .example("if date(\"2026-01-31\").day > 25 { note(\"late in the month\"); }"),
    part("weekday", "weekday", "its day of the week: monday to sunday", |module, name| {
        module.set_getter_fn(name, |day: &mut Day| Ok(WordValue::of(day.weekday())));
    })
    .example("if date(\"2026-01-31\").weekday in [\"saturday\", \"sunday\"] { note(\"at the weekend\"); }"),
    property::<ReviewRows>("date", DATE, "the day, in UTC, that it was given on", |module, name| {
        module.set_getter_fn(name, |row: &mut Item<ReviewRows>| {
            let review = ReviewRows::stored(&row.store.evidence).get(row.row as usize);
            Day::of(review.and_then(|review| review.time.as_deref()), "the review was given")
        });
    })
    .errors("the forge does not say when")
    .example("for r in change.reviews { if r.time != \"\" { note(`reviewed on ${r.date}`); } }"),
    property::<AdvisoryRows>("published_date", DATE, "the day, in UTC, that it was published on", |module, name| {
        module.set_getter_fn(name, |row: &mut Item<AdvisoryRows>| {
            let advisory = AdvisoryRows::stored(&row.store.evidence).get(row.row as usize);
            Day::of(advisory.and_then(|advisory| advisory.published.as_deref()), "the advisory was published")
        });
    })
    .errors("the database does not say when")
    .example("for a in change.advisories { if a.published != \"\" { note(`${a.id} is of ${a.published_date}`); } }"),
];

pub(super) fn register(module: &mut Module) {
    module.set_custom_type::<Day>(DATE);
    module.set_native_fn("to_string", |day: &mut Day| Ok(day.text()));
    module.set_native_fn("to_debug", |day: &mut Day| Ok(day.text()));
}
