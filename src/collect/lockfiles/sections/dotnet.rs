//! References of .NET's projects (MSBuild, NuGet: `PackageReference` and central package management).

use serde_json::{Value, json};

use super::{Asked, LockfileError, Sections};
use crate::collect::xml::{Document, Step};

/// Elements that name packages, or say for which framework or from where they are taken.
const REFERENCES: [&str; 4] = ["PackageReference", "PackageVersion", "GlobalPackageReference", "PackageDownload"];
const PROPERTIES: [&str; 7] = [
    "TargetFramework",
    "TargetFrameworks",
    "RestoreSources",
    "RestoreAdditionalProjectSources",
    "RuntimeIdentifiers",
    "ManagePackageVersionsCentrally",
    "RestorePackagesWithLockFile",
];

/// The references of a project; `required`: whether its lockfile has to hold them.
pub(super) fn references(text: &str, required: bool) -> Result<Sections, LockfileError> {
    let mut sections = Sections::default();
    let mut document = Document::new(text);
    // Names of the open elements, the attributes of each reference and the texts inside.
    let mut open: Vec<String> = Vec::new();
    let mut found: Vec<Value> = Vec::new();
    loop {
        let step = document.next().map_err(|refusal| LockfileError::new(None, refusal.reason))?;
        match step {
            Step::Open(element) => {
                let name = element.name().to_owned();
                let mut attributes = serde_json::Map::new();
                let read = element.attributes(|key, value| {
                    attributes.insert(key.to_owned(), Value::from(value.into_owned()));
                });
                read.map_err(|refusal| LockfileError::new(u32::try_from(element.line()).ok(), refusal.reason))?;
                let sdk = open.is_empty() && attributes.contains_key("Sdk");
                if REFERENCES.contains(&name.as_str()) || sdk {
                    let package = attributes.get("Include").and_then(Value::as_str);
                    if let (Some(package), "PackageReference") = (package, name.as_str()) {
                        let asked = Asked::new(package.to_lowercase(), package, "");
                        sections.asked.insert(Asked { required: required && !package.contains('$'), ..asked });
                    }
                    found.push(json!([name.clone(), attributes]));
                }
                open.push(name);
            }
            Step::Text(text) => {
                let inside = open.iter().any(|name| REFERENCES.contains(&name.as_str()));
                let property = open.last().filter(|name| inside || PROPERTIES.contains(&name.as_str()));
                if let (Some(name), false) = (property, text.trim().is_empty()) {
                    found.push(json!([name, text.trim()]));
                }
            }
            Step::Close => {
                open.pop();
            }
            Step::End => break,
        }
    }
    sections.keep("references", Some(&Value::from(found)));
    Ok(sections)
}

#[cfg(test)]
mod tests {
    use super::references;

    #[test]
    fn only_references_and_what_decides_over_them_count() {
        let project = |inside: &str| {
            let text = format!("<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup>{inside}</ItemGroup></Project>");
            references(&text, true).unwrap()
        };
        let one = project("<PackageReference Include=\"A.B\" Version=\"1.0.0\"/>");
        assert_eq!(one.asked.iter().map(|asked| asked.name.as_str()).collect::<Vec<_>>(), ["a.b"]);
        assert_eq!(
            one.all,
            project("<Compile Include=\"x\"/><PackageReference Include=\"A.B\" Version=\"1.0.0\"/>").all
        );
        assert_ne!(one.all, project("<PackageReference Include=\"A.B\" Version=\"2.0.0\"/>").all);
        let nested = "<PackageReference Include=\"A.B\"><Version>1</Version></PackageReference>";
        assert_ne!(project(nested).all, project(&nested.replace('1', "2")).all);
        assert!(references("<Project>", true).is_err());
    }
}
