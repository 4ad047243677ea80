//! Every file of the folder of real reports, with the values that are right for it, and why.
//!
//! The values were found in the files by other means than this reader: by hand, and by a script that computes scores with
//! another CVSS library.

use std::collections::BTreeSet;
use std::path::Path;

use tollgate::collect::reports;
use tollgate::evidence::{Completeness, Source};

use super::{lines, take};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/audit");

/// What is right for a file.
enum Right {
    /// Everything is in it.
    Complete(&'static str, &'static [&'static str]),
    /// It falls short, for a reason that has these words; what it holds counts.
    Failed(&'static str, &'static str, &'static [&'static str]),
    /// It is no report that is read; the refusal has these words.
    Refused(&'static str),
}

use Right::{Complete, Failed, Refused};

/// File, what is right, and why.
const TABLE: &[(&str, Right, &str)] = &[
    (
        "anchore_grype-check_all_fields.json",
        Complete(
            "grype",
            &[
                "CVE-2004-0971 low security-severity pkg:deb/debian/libgssapi-krb5-2@1.17-3%2Bdeb10u3",
                "CVE-2021-32626 high security-severity pkg:pypi/redis@4.0.2",
                "CVE-2021-33574 critical security-severity pkg:deb/debian/libc-bin@2.28-10",
                "CVE-2021-33574 critical security-severity pkg:deb/debian/libc6@2.28-10",
                "GHSA-v6rh-hp5x-86rv high security-severity pkg:pypi/django@3.2.9",
                "GHSA-v6rh-hp5x-86rv high security-severity pkg:pypi/django@3.2.9",
            ],
        ),
        "six matches, the last two alike; `Negligible` with a score of 2.1 of NVD is low by both; Critical ones have no score of their own \
         but 9.8 from the related record",
    ),
    (
        "anchore_grype-fix_available.json",
        Complete("grype", &["CVE-2009-3882 high security-severity pkg:generic/java@17.0.10%2B7%00-J-ms8m"]),
        "one match, High, CVSS 2 of 7.5; the version in the file has a NUL in it",
    ),
    (
        "anchore_grype-many_vulns_with_epss_values.json",
        Complete(
            "grype",
            &[
                "CVE-2021-28831 high security-severity pkg:generic/busybox@1.32.1",
                "CVE-2021-42374 medium security-severity pkg:generic/busybox@1.32.1",
                "CVE-2021-42376 medium security-severity pkg:generic/busybox@1.32.1",
                "CVE-2021-42378 high security-severity pkg:generic/busybox@1.32.1",
                "CVE-2021-42379 high security-severity pkg:generic/busybox@1.32.1",
                "CVE-2021-42380 high security-severity pkg:generic/busybox@1.32.1",
                "CVE-2021-42381 high security-severity pkg:generic/busybox@1.32.1",
                "CVE-2021-42382 high security-severity pkg:generic/busybox@1.32.1",
                "CVE-2021-42384 high security-severity pkg:generic/busybox@1.32.1",
                "CVE-2021-42385 high security-severity pkg:generic/busybox@1.32.1",
                "CVE-2021-42386 high security-severity pkg:generic/busybox@1.32.1",
                "CVE-2022-28391 high security-severity pkg:generic/busybox@1.32.1",
                "CVE-2022-48174 critical security-severity pkg:generic/busybox@1.32.1",
                "CVE-2024-58251 low security-severity pkg:generic/busybox@1.32.1",
                "CVE-2025-46394 low security-severity pkg:generic/busybox@1.32.1",
            ],
        ),
        "fifteen matches of NVD alone, so that NVD's highest score counts; words and scores agree",
    ),
    ("bandit-one_vuln.json", Refused("Bandit"), "findings in code, of which Bandit writes SARIF"),
    ("bundler_audit-bundler-audit_v0.6.1.txt", Refused("bundler-audit"), "a text, and no format that is asked for"),
    (
        "cargo_audit-many_findings_cvss.json",
        Complete(
            "cargo-audit",
            &[
                "RUSTSEC-2026-0044 high level pkg:cargo/aws-lc-sys@0.36.0",
                "RUSTSEC-2026-0045 medium security-severity pkg:cargo/aws-lc-sys@0.36.0",
                "RUSTSEC-2026-0046 high security-severity pkg:cargo/aws-lc-sys@0.36.0",
                "RUSTSEC-2026-0047 high security-severity pkg:cargo/aws-lc-sys@0.36.0",
                "RUSTSEC-2026-0048 high security-severity pkg:cargo/aws-lc-sys@0.36.0",
                "RUSTSEC-2026-0049 high level pkg:cargo/rustls-webpki@0.103.9",
                "RUSTSEC-2026-0098 high level pkg:cargo/rustls-webpki@0.103.9",
                "RUSTSEC-2026-0099 high level pkg:cargo/rustls-webpki@0.103.9",
                "RUSTSEC-2026-0104 high level pkg:cargo/rustls-webpki@0.103.9",
                "RUSTSEC-2026-0141 critical security-severity pkg:cargo/lettre@0.11.19",
            ],
        ),
        "ten vulnerabilities and no warnings; five without a vector are unrated, the vectors score 5.9, 7.5, 7.5, 7.4 and (version 4) 9.1",
    ),
    ("cargo_audit-no_findings.json", Complete("cargo-audit", &[]), "one package was compared with 302 advisories"),
    ("checkov-checkov-report-many-vuln.json", Refused("Checkov"), "Checkov writes SARIF"),
    ("checkov-checkov-report-severity.json", Refused("Checkov"), "the same with severities"),
    (
        "composer_audit-composer_audit_no_vuln.json",
        Refused("composer audit"),
        "not asked for; shows nothing of what it looked at",
    ),
    ("dependency_check-single_vuln.xml", Refused("Dependency-Check"), "XML; the tool writes SARIF"),
    ("eslint-no_finding.json", Refused("ESLint"), "a list as Trivy's, but of files"),
    ("eslint-scan.json", Refused("ESLint"), "the same with messages"),
    (
        "github_sast-github_sast_many_vul.json",
        Refused("code scanning"),
        "alerts of the default branch, not of a change",
    ),
    ("github_vulnerability-github-1-vuln-no-fix.json", Refused("vulnerability alerts"), "the same of dependencies"),
    ("github_vulnerability-github-vuln-version.json", Refused("vulnerability alerts"), "the same"),
    ("github_vulnerability-github_multi_cwe_fabricated.json", Refused("vulnerability alerts"), "the same"),
    ("gitleaks-no_findings.json", Refused("`null`"), "four bytes that two tools write for two things"),
    (
        "govulncheck-many_vulns.json",
        Complete(
            "govulncheck",
            &[
                "GO-2022-0969 high level pkg:golang/stdlib@v1.19.0",
                "GO-2022-1143 high level pkg:golang/stdlib@v1.19.0",
                "GO-2022-1144 high level pkg:golang/stdlib@v1.19.0",
            ],
        ),
        "before 1.0: twelve symbols of three faults in the standard library, each with a call sink, so all are called",
    ),
    (
        "govulncheck-no_vulns_new_version.json",
        Failed("govulncheck", "looked at no package", &[]),
        "its only progress says `0 packages across 0 dependent modules`: a program of Go has packages",
    ),
    ("hadolint-one_dockerfile.json", Refused("Hadolint"), "Hadolint writes SARIF"),
    (
        "npm-audit-registry-error.json",
        Failed("npm audit", "405 Method Not Allowed", &[]),
        "the registry does not answer, npm prints the answer's headers",
    ),
    (
        "npm_audit-cwe_null.json",
        Complete("npm audit", &["npm:146 critical producer pkg:npm/growl@1.9.2"]),
        "one advisory, one path, as many as are counted; `cwe` is null",
    ),
    (
        "npm_audit-empty_with_error.json",
        Failed("npm audit", "may not support audit requests", &[]),
        "an error and nothing else",
    ),
    (
        "npm_audit-issue_7897.json",
        Failed(
            "npm audit",
            "counts 7 vulnerabilities of severity `low` and lists 0",
            &[
                "npm:106 high producer pkg:npm/negotiator@0.5.3",
                "npm:107 high producer pkg:npm/negotiator@0.5.3",
                "npm:521 high producer pkg:npm/pg@5.1.0",
                "npm:522 high producer pkg:npm/pg@5.1.0",
                "npm:526 high producer pkg:npm/fresh@0.3.0",
            ],
        ),
        "made from `many_vuln` by hand: the counts still tell of seven low and two moderate ones that are not in it",
    ),
    (
        "npm_audit-many_vuln.json",
        Complete(
            "npm audit",
            &[
                "npm:106 high producer pkg:npm/negotiator@0.5.3",
                "npm:521 high producer pkg:npm/pg@5.1.0",
                "npm:526 high producer pkg:npm/fresh@0.3.0",
                "npm:534 low producer pkg:npm/debug@2.2.0",
                "npm:535 medium producer pkg:npm/mime@1.3.4",
            ],
        ),
        "five advisories of one version each; 7 low, 2 moderate and 6 high paths are counted and listed",
    ),
    (
        "npm_audit-one_vuln.json",
        Complete("npm audit", &["npm:146 critical producer pkg:npm/growl@1.9.2"]),
        "one advisory",
    ),
    (
        "npm_audit_7_plus-issue_10801.json",
        Complete("npm audit", &["GHSA-pfrx-2q88-qq97 medium security-severity pkg:npm/got"]),
        "one advisory of one node, 5.3 and moderate",
    ),
    (
        "npm_audit_7_plus-multiple_cwes_fabricated.json",
        Failed(
            "npm audit",
            "found `ms`, expected the name of a package that is described",
            &["GHSA-gxpj-cx7g-858c medium security-severity pkg:npm/debug"],
        ),
        "cut from a larger report: its second cause, the one that makes the package `high`, is not in it",
    ),
    ("npm_audit_7_plus-no_vuln.json", Complete("npm audit", &[]), "97 dependencies were looked at"),
    ("openvex-openvex_many_vuln.json", Refused("OpenVEX"), "statements on findings, not findings"),
    ("openvex-openvex_no_vuln.json", Refused("OpenVEX"), "the same"),
    ("osv-scanner2-clean.json", Complete("osv-scanner", &[]), "the tool prints a report only where it found packages"),
    (
        "osv-scanner2-deprecated-with-vuln.json",
        Failed(
            "osv-scanner",
            "expected an OSV record",
            &[
                "GHSA-458v-4hrf-g3m4 high level pkg:cargo/net2@0.2.33",
                "GHSA-c79c-gwph-gqfm high level pkg:cargo/net2@0.2.33",
                "RUSTSEC-2020-0016 high level pkg:cargo/net2@0.2.33",
                "RUSTSEC-2020-0078 high level pkg:cargo/net2@0.2.33",
                "deprecated medium level pkg:cargo/net2@0.2.33",
            ],
        ),
        "shortened for the tool's own tests: ids in place of records, a count in place of groups; ids alone still name faults",
    ),
    (
        "osv_scanner-multi_cwe_fabricated.json",
        Complete("osv-scanner", &["GHSA-multi-cwe-0001 high level pkg:npm/example-pkg@1.0.0"]),
        "one record that no group names and nobody rated",
    ),
    ("osv_scanner-no_findings.json", Refused("zero bytes"), "version 1 prints nothing where it found nothing to scan"),
    (
        "osv_scanner-some_findings.json",
        Complete("osv-scanner", &["MAL-2023-1035 critical producer pkg:npm/flot-axis@0.0.0"]),
        "malware, of which nobody states a severity; its other id is in the same group",
    ),
    ("pip_audit-empty.json", Refused("an empty list"), "pip-audit before 2.1, and many others"),
    ("pip_audit-empty_new.json", Failed("pip-audit", "looked at no dependency", &[]), "no dependency was looked at"),
    (
        "pip_audit-many_vulns_new.json",
        Failed(
            "pip-audit",
            "skipped 1 of 7 dependencies: first `azure-devops`",
            &[
                "PYSEC-2019-128 high level pkg:pypi/twisted@18.9.0",
                "PYSEC-2019-129 high level pkg:pypi/twisted@18.9.0",
                "PYSEC-2020-259 high level pkg:pypi/twisted@18.9.0",
                "PYSEC-2020-260 high level pkg:pypi/twisted@18.9.0",
                "PYSEC-2021-439 high level pkg:pypi/django@3.2.9",
                "PYSEC-2021-76 high level pkg:pypi/aiohttp@3.6.2",
                "PYSEC-2021-852 high level pkg:pypi/lxml@4.6.4",
            ],
        ),
        "seven vulnerabilities without severities in six dependencies, and one dependency that was skipped",
    ),
    (
        "pip_audit-zero_vulns_new.json",
        Failed("pip-audit", "skipped 1 of 3 dependencies", &[]),
        "what was skipped may have any vulnerability",
    ),
    (
        "pnpm_audit-pnpm_audit_no_vuln.json",
        Failed("pnpm audit", "looked at no dependency", &[]),
        "all counts of dependencies are 0; pnpm counts those that it looked at",
    ),
    ("semgrep-fingerprint_test.json", Refused("Semgrep"), "Semgrep writes SARIF"),
    ("semgrep-high-medium-low-severities.json", Refused("Semgrep"), "the same"),
    ("snyk-single_project_None_cvss.json", Refused("Snyk"), "Snyk writes SARIF"),
    ("snyk-single_project_no_vulns.json", Refused("Snyk"), "the same"),
    (
        "trivy-all_statuses.json",
        Complete(
            "Trivy",
            &[
                "CVE-2011-3374 low producer pkg:deb/debian/apt@1.8.2.3",
                "CVE-2018-1000876 low producer pkg:deb/debian/binutils@2.31.1-16",
                "CVE-2018-12697 low producer pkg:deb/debian/binutils@2.31.1-16",
                "CVE-2018-12698 low producer pkg:deb/debian/binutils@2.31.1-16",
                "CVE-2018-12699 low producer pkg:deb/debian/binutils@2.31.1-16",
                "CVE-2018-12934 low producer pkg:deb/debian/binutils@2.31.1-16",
                "CVE-2019-18276 low producer pkg:deb/debian/bash@5.0-4",
                "TEMP-0841856-B18BAF low producer pkg:deb/debian/bash@5.0-4",
            ],
        ),
        "Debian rates all eight LOW and gives no scores; NVD's (up to 9.8) are shown and don't count, as in Trivy's SARIF; every \
         status, `not_affected` too, is a finding",
    ),
    (
        "trivy-cvss_severity_source.json",
        Complete(
            "Trivy",
            &[
                "CVE-2023-37920 high security-severity pkg:pypi/certifi@2022.5.18.1",
                "CVE-2023-46218 medium producer pkg:deb/ubuntu/curl@7.81.0-1ubuntu1.14",
            ],
        ),
        "the first is rated by GitHub, whose score is 7.5 beside NVD's 9.8; the second by Ubuntu, which gives no score",
    ),
    ("trivy-legacy_no_vuln.json", Refused("`null`"), "Trivy wrote it where it recognized nothing"),
    (
        "trivy-license_scheme.json",
        Complete(
            "Trivy",
            &[
                ":OpenSSL low producer /etc/ssl/misc/CA.pl",
                ":OpenSSL low producer /etc/ssl/misc/tsget.pl",
                "alpine-baselayout:GPL-2.0 high producer pkg:generic/alpine-baselayout",
                "alpine-keys:MIT low producer pkg:generic/alpine-keys",
                "apk-tools:GPL-2.0 high producer pkg:generic/apk-tools",
                "busybox:GPL-2.0 high producer pkg:generic/busybox",
                "ca-certificates-cacert:GPL-2.0 high producer pkg:generic/ca-certificates-cacert",
                "ca-certificates-cacert:MPL-2.0 medium producer pkg:generic/ca-certificates-cacert",
                "libc-utils:BSD-3-Clause low producer pkg:generic/libc-utils",
                "libcrypto1.1:OpenSSL low producer pkg:generic/libcrypto1.1",
                "libssl1.1:OpenSSL low producer pkg:generic/libssl1.1",
                "libtls-standalone:ISC low producer pkg:generic/libtls-standalone",
                "musl-utils:BSD-3-Clause low producer pkg:generic/musl-utils",
                "musl-utils:GPL-2.0 high producer pkg:generic/musl-utils",
                "musl-utils:MIT low producer pkg:generic/musl-utils",
                "musl:MIT low producer pkg:generic/musl",
                "scanelf:GPL-2.0 high producer pkg:generic/scanelf",
                "ssl_client:GPL-2.0 high producer pkg:generic/ssl_client",
                "zlib:Zlib low producer pkg:generic/zlib",
            ],
        ),
        "seventeen licences of packages and two of files, with Trivy's words for their categories and its rule ids",
    ),
    (
        "trivy-scheme_2_many_vulns.json",
        Complete(
            "Trivy",
            &[
                "CVE-2018-11771 medium security-severity pkg:maven/org.apache.commons/commons-compress@1.14",
                "CVE-2018-1324 medium security-severity pkg:maven/org.apache.commons/commons-compress@1.14",
                "CVE-2019-12900 critical producer pkg:apk/alpine/libbz2@1.0.6-r6",
                "CVE-2020-15999 medium security-severity pkg:apk/alpine/freetype@2.9.1-r2",
                "CVE-2020-28196 high producer pkg:apk/alpine/krb5-libs@1.15.5-r0",
            ],
        ),
        "rated by NVD, which scores three of the five; two results of three have vulnerabilities",
    ),
    (
        "yarn_audit-empty_with_error.json",
        Failed("yarn audit", "tunneling socket could not be established", &[]),
        "warnings and an error, no summary",
    ),
    (
        "yarn_audit-yarn2_audit_issue9911.json",
        Complete(
            "yarn audit",
            &[
                "GHSA-37q5-v5qm-c9v8 low producer pkg:npm/transformers@4.38",
                "deprecated medium producer pkg:npm/%40babel/plugin-proposal-class-properties@7.18.6",
                "deprecated medium producer pkg:npm/%40babel/plugin-proposal-nullish-coalescing-operator@7.18.6",
                "deprecated medium producer pkg:npm/%40babel/plugin-proposal-optional-chaining@7.21.0",
            ],
        ),
        "yarn 4: three deprecations, which yarn calls moderate, and one advisory, called low",
    ),
    (
        "yarn_audit-yarn_audit_many_vul.json",
        Complete(
            "yarn audit",
            &[
                "npm:1179 low producer pkg:npm/minimist@0.0.10",
                "npm:1324 high producer pkg:npm/handlebars@4.5.2",
                "npm:1325 high producer pkg:npm/handlebars@4.5.2",
            ],
        ),
        "yarn 1: three advisories, as many as the summary at the end counts",
    ),
];

fn read(path: &Path) -> (Vec<String>, Source) {
    let name = path.file_name().unwrap().to_str().unwrap();
    let (findings, mut sources) = take(&[reports::read(path, name, None)]);
    assert_eq!(sources.len(), 1);
    (lines(&findings), sources.remove(0))
}

#[test]
fn every_real_report_has_the_values_that_are_right_for_it() {
    let Ok(entries) = std::fs::read_dir(FOLDER) else {
        println!("no real files here, nothing tested");
        return;
    };
    let there: BTreeSet<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let argued: BTreeSet<String> = TABLE.iter().map(|(file, ..)| (*file).to_owned()).collect();
    assert_eq!(there, argued, "every file is argued, and every argued file is there");
    for (file, right, why) in TABLE {
        let (found, source) = read(&Path::new(FOLDER).join(file));
        let reason = source.reason.clone().unwrap_or_default();
        let (tool, completeness, words, expected) = match right {
            Complete(tool, expected) => (Some(*tool), Completeness::Complete, "", *expected),
            Failed(tool, words, expected) => (Some(*tool), Completeness::Failed, *words, *expected),
            Refused(words) => (None, Completeness::Failed, *words, &[][..]),
        };
        assert_eq!(found, expected, "{file}: {why}");
        assert_eq!(source.completeness, completeness, "{file}: {why}: {reason}");
        assert!(reason.contains(words) && (!words.is_empty() || reason.is_empty()), "{file}: {why}: {reason}");
        assert_eq!(source.tool.as_deref(), tool, "{file}: {why}");
        assert_eq!(source.items, expected.len() as u64, "{file}");
        assert_eq!(source.sha256.as_ref().map(String::len), Some(64), "{file}");
        if let Refused(_) = right {
            let listed = reason.contains("expected a report of osv-scanner, cargo-audit, npm audit");
            assert!(listed, "{file}: the refusal says what is read: {reason}");
        }
    }
}
