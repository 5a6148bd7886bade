//! What people type, and what it is for: shown at the end of the help of a command, and in its manual page.

/// A line as it is typed, without the name of the program, and what comes of it.
type Example = (&'static str, &'static str);

/// By the command that they are examples of.
pub(in crate::cli) const EXAMPLES: [(&[&str], &[Example]); 22] = [
    (
        &["init"],
        &[
            ("init", "find modules, and take over states that terraform left here"),
            ("init -upgrade", "in newer versions"),
        ],
    ),
    (
        &["plan"],
        &[
            ("plan -e staging", "what would change in staging"),
            ("plan --all -summary", "in every environment, as one table"),
            ("plan -e production -out p", "keep the plan; terrace apply p does just that"),
            ("plan --all -markdown plan.md", "the text of a comment for a review"),
        ],
    ),
    (
        &["apply"],
        &[
            ("apply -e staging", "plan, ask, carry out"),
            ("apply -e production -confirm production", "where nobody is there to type the name"),
            ("apply p", "carry out a saved plan"),
            ("apply -e production -override windows -reason INC-12", "outside of the change windows"),
        ],
    ),
    (
        &["destroy"],
        &[
            ("destroy -e staging", "all of it"),
            ("destroy -e staging -target module.worker", "a part, and what needs it"),
        ],
    ),
    (
        &["drift"],
        &[
            ("drift -e production", "what somebody changed by hand there"),
            ("drift --all -markdown drift.md", "everywhere, as the text of a message"),
        ],
    ),
    (
        &["parity"],
        &[
            ("parity staging production", "exit code 2 where something differs without a reason"),
            ("parity --all -markdown", "every environment and the one that it extends"),
        ],
    ),
    (&["envs"], &[("envs", "as a table"), ("envs -markdown", "as the page for a new colleague")]),
    (&["env", "show"], &[("env show production", "every value, with the line that it comes from")]),
    (
        &["params"],
        &[("params", "all environments beside each other"), ("params -e production", "one of them")],
    ),
    (
        &["params", "set"],
        &[
            ("params set -e production api_count=5", "edit terrace.hcl, show the difference, plan"),
            ("params set -e production -inherit api_count", "as in the environment that it extends"),
        ],
    ),
    (
        &["preview", "up"],
        &[
            ("preview up", "of the branch that is checked out"),
            ("preview up -branch fix/cart -number 42 -auto-approve", "in CI, where a commit is checked out"),
        ],
    ),
    (
        &["preview", "down"],
        &[
            ("preview down", "of the branch that is checked out"),
            ("preview down fix/cart -if-exists", "when it was merged"),
        ],
    ),
    (
        &["preview", "gc"],
        &[("preview gc -gone -dry-run", "which would go"), ("preview gc -gone", "take them down")],
    ),
    (
        &["output"],
        &[
            ("output -e staging", "all"),
            ("output -e staging -raw url", "one, for a script"),
            ("output -e staging -json", "all, for a program"),
        ],
    ),
    (
        &["show"],
        &[
            ("show -e staging", "every object"),
            ("show p", "a saved plan"),
            ("show -json p", "the same for a program"),
        ],
    ),
    (&["console"], &[("console -e production", "asks for expressions; from a pipe it answers every line")]),
    (
        &["import"],
        &[("import -e staging random_pet.name rare-finch", "an object that exists, at its address")],
    ),
    (&["state", "mv"], &[("state mv -e staging module.api module.shop -dry-run", "what would be moved")]),
    (
        &["state", "push"],
        &[("state push -e production production/terraform.tfstate", "a state that terraform kept")],
    ),
    (&["state", "adopt"], &[("state adopt -e staging default", "after the first terrace.hcl was written")]),
    (
        &["query"],
        &[("query -e staging 'select type, count(*) from instances group by type'", "how many of what")],
    ),
    (
        &["graph"],
        &[
            ("graph -svg", "a picture of what needs what"),
            ("graph -svg -type=plan -e staging", "of what a plan does"),
        ],
    ),
];

/// The examples of a command, under a heading; nothing where there are none.
pub(in crate::cli) fn of(path: &[&str]) -> Option<String> {
    let (_, examples) = EXAMPLES.iter().find(|(command, _)| *command == path)?;
    let mut text = "Examples:".to_owned();
    for (line, says) in *examples {
        text.push_str(&format!("\n  terrace {line}\n      {says}"));
    }
    Some(text)
}
