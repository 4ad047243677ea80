//! OpenVEX, from 0.0.1 (ids as texts, parts beside the products) to 0.2.0 (objects, parts inside of their products).

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{MAX_STATEMENTS, Product, Statement, VexDocument, Whole, product, short, text, unreadable};
use crate::collect::input::Refusal;
use crate::evidence::{VexStatus, Word};

/// What `@context` begins with; a version may follow.
const CONTEXT: &str = "https://openvex.dev/ns";
/// The versions whose documents are read; without one, it is the first.
const VERSIONS: [&str; 6] = ["", "v0.0.0", "v0.0.1", "v0.0.2", "v0.1.0", "v0.2.0"];
/// The format's words for why something is not affected.
const JUSTIFICATIONS: [&str; 5] = [
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];

#[derive(Deserialize)]
#[serde(expecting = "an OpenVEX document, which is an object")]
struct WireDocument {
    #[serde(rename = "@context")]
    context: Value,
    author: Option<String>,
    timestamp: Option<String>,
    last_updated: Option<String>,
    statements: Option<Vec<WireStatement>>,
}

#[derive(Deserialize)]
#[serde(expecting = "a statement, which is an object")]
struct WireStatement {
    vulnerability: Option<OneOf<WireVulnerability>>,
    products: Option<Vec<OneOf<WireProduct>>>,
    /// Before 0.2.0, parts of all products.
    subcomponents: Option<Vec<OneOf<WireProduct>>>,
    status: Option<String>,
    justification: Option<String>,
    impact_statement: Option<String>,
    action_statement: Option<String>,
    status_notes: Option<String>,
    timestamp: Option<String>,
    last_updated: Option<String>,
}

/// A text, or an object in its place.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a text or an object")]
enum OneOf<T> {
    Text(String),
    Object(T),
}

#[derive(Deserialize)]
struct WireVulnerability {
    #[serde(rename = "@id")]
    id: Option<String>,
    name: Option<String>,
    aliases: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct WireProduct {
    #[serde(rename = "@id")]
    id: Option<String>,
    identifiers: Option<WireIdentifiers>,
    subcomponents: Option<Vec<OneOf<WireProduct>>>,
}

#[derive(Deserialize)]
struct WireIdentifiers {
    purl: Option<String>,
}

pub(super) fn parse(text: &str) -> Result<VexDocument, Refusal> {
    let wire: WireDocument = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    let version =
        wire.context.as_str().and_then(|context| context.strip_prefix(CONTEXT)).map(|it| it.trim_matches('/'));
    if !version.is_some_and(|version| VERSIONS.contains(&version)) {
        let found = short(&wire.context.to_string());
        return Err(Refusal::failed(format!("has the context `{found}`, expected that of OpenVEX 0.0.1 to 0.2.0")));
    }
    let Some(statements) = &wire.statements else {
        return Err(Refusal::failed("has no `statements`, expected a list"));
    };
    // A statement without a time has that of its document.
    let document_time = wire.last_updated.as_ref().or(wire.timestamp.as_ref());
    let mut document =
        VexDocument { format: "OpenVEX", author: super::text(wire.author.as_ref()), ..VexDocument::default() };
    for (index, statement) in statements.iter().enumerate() {
        let at = format!("/statements/{index}");
        let time = statement.last_updated.as_ref().or(statement.timestamp.as_ref()).or(document_time);
        let read = read(statement, time, &at).map_err(|why| Refusal::failed(format!("{at}: {why}")))?;
        if read.is_empty() {
            document.problems.push((at, "names no package by a package URL that lockfiles are read of".to_owned()));
        }
        document.statements.extend(read);
        if document.statements.len() > MAX_STATEMENTS {
            break;
        }
    }
    Ok(document)
}

fn read(wire: &WireStatement, time: Option<&String>, at: &str) -> Result<Vec<Statement>, String> {
    let ids = ids(wire)?;
    let stated = wire.status.as_deref().unwrap_or_default();
    let status = VexStatus::parse(stated).ok_or_else(|| {
        format!("has the status `{}`, expected one of {}", short(stated), VexStatus::VOCABULARY.words.join(", "))
    })?;
    let justification = text(wire.justification.as_ref());
    if let Some(word) = justification.as_deref().filter(|word| !JUSTIFICATIONS.contains(word)) {
        return Err(format!("has the justification `{}`, expected one of {}", short(word), JUSTIFICATIONS.join(", ")));
    }
    let impact = text(wire.impact_statement.as_ref());
    if status == VexStatus::NotAffected && justification.is_none() && impact.is_none() {
        return Err("is not_affected without a justification or an impact_statement".to_owned());
    }
    let Some(time) = time else { return Err("has no timestamp, nor has the document".to_owned()) };
    let time: Timestamp =
        time.parse().map_err(|_| format!("has the timestamp `{}`, expected an RFC 3339 time", short(time)))?;
    let statement = |product: Product, within: Option<Whole>| Statement {
        ids: ids.clone(),
        product,
        within,
        status,
        justification: justification.clone(),
        detail: impact
            .clone()
            .or_else(|| text(wire.action_statement.as_ref()))
            .or_else(|| text(wire.status_notes.as_ref())),
        time: Some(time),
        at: at.to_owned(),
    };
    let mut found = Vec::new();
    for stated in wire.products.iter().flatten() {
        let products = products(stated)?;
        let own = if let OneOf::Object(object) = stated { object.subcomponents.as_deref() } else { None };
        let parts = own.into_iter().chain(wire.subcomponents.as_deref()).flatten();
        let whole = Whole {
            id: id_of(stated).cloned().unwrap_or_default(),
            key: products.first().map(|product| product.key.clone()),
        };
        for part in parts {
            found.extend(self::products(part)?.into_iter().map(|part| statement(part, Some(whole.clone()))));
        }
        found.extend(products.into_iter().map(|product| statement(product, None)));
    }
    Ok(found)
}

fn ids(wire: &WireStatement) -> Result<Vec<String>, String> {
    let ids: Vec<String> = match &wire.vulnerability {
        None => Vec::new(),
        Some(OneOf::Text(id)) => vec![id.clone()],
        Some(OneOf::Object(stated)) => {
            // Before there was a name, the last part of the address was the id.
            let last = stated.id.as_deref().and_then(|id| id.trim_end_matches('/').rsplit(['/', '#']).next());
            let name = stated.name.clone().or_else(|| last.map(str::to_owned));
            name.into_iter().chain(stated.aliases.iter().flatten().cloned()).collect()
        }
    };
    let ids: Vec<String> = ids.into_iter().map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect();
    if ids.is_empty() { Err("names no vulnerability, expected its id".to_owned()) } else { Ok(ids) }
}

/// The package of a product, by its id or by its package URL; both where they are different ones.
fn products(stated: &OneOf<WireProduct>) -> Result<Vec<Product>, String> {
    let id = id_of(stated);
    let purl = match stated {
        OneOf::Text(_) => None,
        OneOf::Object(object) => object.identifiers.as_ref().and_then(|identifiers| identifiers.purl.as_ref()),
    };
    let (by_id, by_purl) = (id.and_then(|id| product(id)), purl.and_then(|purl| product(purl)));
    match (by_id, by_purl) {
        (Some(left), Some(right)) if left != right => Err(format!(
            "names one product as `{}` and as `{}`, expected the same package URL",
            short(id.map_or("", String::as_str)),
            short(purl.map_or("", String::as_str))
        )),
        (left, right) => Ok(left.or(right).into_iter().collect()),
    }
}

const fn id_of(stated: &OneOf<WireProduct>) -> Option<&String> {
    match stated {
        OneOf::Text(id) => Some(id),
        OneOf::Object(object) => object.id.as_ref(),
    }
}
