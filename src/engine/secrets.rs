//! Masks secrets in messages of providers and provisioners.
//!
//! Providers and provisioners receive values without marks, so their messages may quote a secret without knowing it.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeSet;

use url::Url;

use crate::port::Remark;
use crate::value::{Kind, Value};

/// What replaces a secret.
const HIDDEN: &str = "(sensitive value)";

/// Stands for [`HIDDEN`] until all secrets are replaced, so that none is found in the replacement itself.
const PLACE: &str = "\u{1}";

/// Shorter secrets would match in almost any text, so they are only replaced in quotation marks.
const SHORTEST: usize = 4;

/// Shorter lines of a multi-line secret, such as `}` or `root:`, reveal nothing.
const SHORTEST_LINE: usize = 8;

/// A set of secrets, in all forms in which a message may quote them.
#[derive(Clone, Default)]
pub(super) struct Secrets {
    forms: BTreeSet<(Reverse<usize>, String)>,
}

impl Secrets {
    /// All marked parts of the values.
    pub(super) fn of<'v>(values: impl IntoIterator<Item = &'v Value>) -> Self {
        let mut secrets = Self::default();
        values.into_iter().for_each(|value| secrets.take(value));
        secrets
    }

    pub(super) fn take(&mut self, value: &Value) {
        value.each_secret(&mut |secret| match secret.kind() {
            Kind::String(text) => self.take_text(text),
            Kind::Number(number) => self.put(number.to_string()),
            _ => {}
        });
    }

    pub(super) fn join(&mut self, others: &Self) {
        self.forms.extend(others.forms.iter().cloned());
    }

    fn take_text(&mut self, text: &str) {
        if text.trim().chars().count() < SHORTEST {
            if !text.trim().is_empty() {
                self.put(format!("{text:?}"));
            }
            return;
        }
        let inner = |quoted: String| quoted.get(1..quoted.len().saturating_sub(1)).map(str::to_owned);
        let lines = text.lines().filter(|line| line.trim().chars().count() >= SHORTEST_LINE);
        let forms = lines.map(|line| line.trim().to_owned()).chain([text.trim().to_owned()]);
        forms.for_each(|form| self.put(form));
        inner(format!("{text:?}")).into_iter().for_each(|form| self.put(form));
        inner(serde_json::to_string(text).unwrap_or_default()).into_iter().for_each(|form| self.put(form));
        if let Ok(mut address) = Url::parse("http://host/") {
            address.set_query(Some(text));
            address.query().into_iter().for_each(|form| self.put(form.to_owned()));
            address.set_path(text);
            self.put(address.path().trim_start_matches('/').to_owned());
        }
    }

    fn put(&mut self, form: String) {
        if form.chars().count() >= SHORTEST {
            self.forms.insert((Reverse(form.len()), form));
        }
    }

    /// The text with all secrets replaced.
    pub(super) fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut hidden = Cow::Borrowed(text);
        // Longest first, since one may be part of another.
        for (_, form) in &self.forms {
            if hidden.contains(form.as_str()) {
                hidden = Cow::Owned(hidden.replace(form.as_str(), PLACE));
            }
        }
        match hidden {
            Cow::Owned(hidden) => Cow::Owned(hidden.replace(PLACE, HIDDEN)),
            untouched => untouched,
        }
    }

    pub(super) fn hide_in(&self, remarks: &mut [Remark]) {
        if self.forms.is_empty() {
            return;
        }
        for remark in remarks {
            for text in [&mut remark.summary, &mut remark.detail] {
                if let Cow::Owned(hidden) = self.hide(text) {
                    *text = hidden;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Secrets;
    use crate::value::{Mark, Value};

    fn secret(text: &str) -> Secrets {
        Secrets::of([&Value::object([("a", Value::string(text).mark(Mark::Sensitive))])])
    }

    #[test]
    fn a_secret_is_found_however_it_is_quoted() {
        let hidden = |text: &str, said: &str| secret(text).hide(said).into_owned();
        assert_eq!(hidden("hunter2", "not hunter2 here"), "not (sensitive value) here");
        assert_eq!(hidden("a \"b\"\n\u{e9}", "got \"a \\\"b\\\"\\n\u{e9}\""), "got \"(sensitive value)\"");
        assert_eq!(hidden("two words", "http://x/two%20words?q"), "http://x/(sensitive value)?q");
        assert_eq!(hidden("line of one\nline of two", "at line of two:"), "at (sensitive value):");
    }

    #[test]
    fn what_is_short_is_hidden_in_quotation_marks_only() {
        assert_eq!(secret("no").hide("nobody, not \"no\""), "nobody, not (sensitive value)");
        assert_eq!(secret("").hide("\"\" is empty"), "\"\" is empty");
    }

    #[test]
    fn the_words_for_it_are_no_secret() {
        assert_eq!(secret("value").hide("value"), "(sensitive value)");
        let both =
            [Value::string("sensitive").mark(Mark::Ephemeral), Value::string("value").mark(Mark::Sensitive)];
        assert_eq!(Secrets::of(&both).hide("sensitive value"), "(sensitive value) (sensitive value)");
    }

    #[test]
    fn numbers_are_secrets_too() {
        let secrets = Secrets::of([&Value::count(54321).mark(Mark::Sensitive)]);
        assert_eq!(secrets.hide("port 54321"), "port (sensitive value)");
    }
}
