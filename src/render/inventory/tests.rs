use std::collections::BTreeMap;
use std::time::Duration;

use super::{EnvironmentRow, Holdings, Outlook, Overview, PreviewRule, Protection, Standing};
use crate::address::EnvironmentName;
use crate::port::Revision;
use crate::render::Style;

fn revision(when: &str, commit: Option<&str>) -> Revision {
    Revision {
        serial: 7,
        when: when.to_owned(),
        who: "anna@laptop".to_owned(),
        what: "apply".to_owned(),
        commit: commit.map(str::to_owned),
        ..Revision::default()
    }
}

fn row(name: &str, standing: Standing) -> EnvironmentRow {
    EnvironmentRow {
        name: EnvironmentName::new(name).unwrap(),
        standing,
        description: None,
        tier: None,
        extends: Vec::new(),
        branch: None,
        owners: Vec::new(),
        protection: Vec::new(),
        holdings: Some(Holdings::default()),
        last: None,
        prospect: None,
        expires: None,
    }
}

fn overview() -> Overview {
    let counts = |counts: &[(&str, usize)]| {
        counts.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect::<BTreeMap<_, _>>()
    };
    let staging = EnvironmentRow {
        tier: Some("staging"),
        branch: Some("staging".into()),
        owners: vec!["platform".into()],
        holdings: Some(Holdings {
            by_module: [
                (String::new(), counts(&[("process_service", 2)])),
                ("module.site[\"a|b\"]".to_owned(), counts(&[("site_static", 1), ("random_pet", 1)])),
            ]
            .into(),
            outputs: vec!["url".into()],
        }),
        last: Some(revision("2026-11-21T08:00:00Z", Some("4d3a81f09b2c7e6a5d4c3b2a1f0e9d8c7b6a5948+"))),
        prospect: Some(Outlook {
            when: "2026-11-21T09:30:00Z".into(),
            add: 2,
            change: 1,
            destroy: 0,
            other: true,
            drift: Some(1),
            is_past: true,
        }),
        ..row("staging", Standing::Declared)
    };
    let rule = |short, long: &str| Protection { short, long: long.to_owned() };
    let production = EnvironmentRow {
        description: Some("Where people pay; ask @ops".into()),
        tier: Some("production"),
        extends: vec!["staging".into()],
        branch: Some("main".into()),
        owners: vec!["platform".into(), "anna".into()],
        protection: vec![
            rule("confirm", "confirmed by name"),
            rule("keeps", "keeps aws_db_instance.*"),
            rule("keeps", "keeps module.network"),
            rule("windows", "Mon-Thu 09:00-16:00 Europe/Berlin"),
            rule("branches", "only from main"),
        ],
        last: Some(revision("2026-11-18T08:00:00Z", None)),
        prospect: Some(Outlook {
            when: "2026-11-21T09:59:30Z".into(),
            add: 0,
            change: 0,
            destroy: 3,
            other: true,
            drift: Some(0),
            is_past: false,
        }),
        ..row("production", Standing::Declared)
    };
    let lost = EnvironmentRow { holdings: None, ..row("qa", Standing::Undeclared) };
    let preview = EnvironmentRow {
        tier: Some("preview"),
        expires: Some("2026-11-24T08:00:00Z".into()),
        ..row("preview/new-checkout", Standing::Preview)
    };
    Overview {
        project: Some("shop".into()),
        description: Some("Storefront & <script>".into()),
        environments: vec![staging, production, lost, preview],
        preview: Some(PreviewRule {
            extends: "staging".into(),
            ttl: Duration::from_secs(72 * 3600),
            limit: Some(10),
        }),
        ..Overview::default()
    }
}

#[test]
fn environments_for_people_and_programs() {
    let now = "2026-11-21T10:00:00Z".parse().unwrap();
    let terminal = |width| overview().terminal(Style { color: false, unicode: true, width }, now);
    insta::assert_snapshot!("terminal_80", terminal(80));
    insta::assert_snapshot!("terminal_120", terminal(120));
    insta::assert_snapshot!("page", overview().markdown());
    insta::assert_snapshot!("json", format!("{:#}", overview().json()));
}
