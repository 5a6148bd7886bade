//! How fast text becomes tokens, trees, laid-out text, a checked configuration and values, and what memory the tree
//! takes.
//!
//! `cargo bench --bench syntax`; for whole processes and beside terraform, `versus.py` next to this.

use std::sync::Arc;

use divan::counter::BytesCount;
use divan::{AllocProfiler, Bencher, black_box};
use terrace::app::console::Session;
use terrace::app::{inputs::Given, validate};
use terrace::config::{self, InstalledModule, ModuleRequest, SourceTree};
use terrace::diag::{Diagnostics, Source};
use terrace::syntax::{Language, format, parse_file, tokens};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// A file of resource blocks as people write them.
fn resources(count: usize) -> Arc<Source> {
    let mut text = String::new();
    for index in 0..count {
        text.push_str(&std::format!(
            r#"# Instance number {index} of the fleet.
resource "aws_instance" "web_{index}" {{
  ami                    = data.aws_ami.ubuntu.id
  instance_type          = var.environment == "production" ? "m5.large" : "t3.micro"
  count                  = var.enabled ? 1 : 0
  subnet_id              = element(module.vpc.private_subnets, {index})
  vpc_security_group_ids = [aws_security_group.web.id, aws_security_group.common[0].id]
  monitoring             = true

  root_block_device {{
    volume_size = 20
    encrypted   = true
  }}

  user_data = <<-EOT
    #!/bin/bash
    echo "hello from ${{var.name}}-{index}"
    systemctl start web
  EOT

  tags = merge(local.tags, {{
    Name  = "${{var.name}}-web-{index}"
    Index = {index}
  }})

  depends_on = [aws_internet_gateway.main]
}}

"#
        ));
    }
    Source::new("main.tf", text)
}

#[divan::bench]
fn lex_10_000_resources(bencher: Bencher) {
    let source = resources(10_000);
    bencher
        .counter(BytesCount::of_str(source.text()))
        .bench(|| black_box(tokens(source.text(), Language::Configuration).len()));
}

#[divan::bench]
fn parse_10_000_resources(bencher: Bencher) {
    let source = resources(10_000);
    bencher.counter(BytesCount::of_str(source.text())).bench(|| {
        let mut diagnostics = Diagnostics::new();
        let body = parse_file(&source, &mut diagnostics);
        assert!(diagnostics.is_empty(), "the file has no faults");
        body
    });
}

/// The peak that the profiler prints for this one, divided by the size of the file, is the memory per source byte.
#[divan::bench(sample_count = 1, sample_size = 1)]
fn memory_of_10_000_resources() -> terrace::syntax::Body {
    let source = resources(10_000);
    println!("\n{} bytes of source", source.text().len());
    parse_file(&source, &mut Diagnostics::new())
}

#[divan::bench]
fn format_10_000_resources(bencher: Bencher) {
    let source = resources(10_000);
    bencher.counter(BytesCount::of_str(source.text())).bench(|| format(&source).is_ok());
}

#[divan::bench(sample_count = 20)]
fn load_10_000_resources(bencher: Bencher) {
    let tree = OneFile(resources(10_000));
    bencher.counter(BytesCount::of_str(tree.0.text())).bench(|| config::load(&tree));
}

#[divan::bench(sample_count = 20)]
fn validate_10_000_resources(bencher: Bencher) {
    let folder = tempfile::tempdir().expect("a folder for the file");
    let text: String = (0..10_000)
        .map(|n| {
            std::format!("resource \"terraform_data\" \"web_{n}\" {{\n  input = upper(\"web-{n}\")\n}}\n\n")
        })
        .collect();
    std::fs::write(folder.path().join("main.tf"), &text).expect("the folder is ours");
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        assert!(
            !validate::run(folder.path(), &Given::default()).diagnostics.has_errors(),
            "the file has no faults"
        );
    });
}

#[divan::bench(sample_count = 20, args = [
    "length([for i in range(1000) : \"${i}-${i * i}\"])",
    "length({ for i in range(1000) : \"key-${i}\" => i })",
    "length(toset(flatten([for i in range(100) : [for j in range(1000) : i * 1000 + j]])))",
    "length(distinct(flatten([for i in range(20) : [for j in range(1000) : i * 1000 + j]])))",
    "length([for i in range(1000) : regexall(\"([a-z]+)-([0-9]+)\", \"abc-${i}\")])",
])]
fn evaluate(bencher: Bencher, expression: &str) {
    let folder = tempfile::tempdir().expect("an empty folder");
    let (session, _) = Session::open(folder.path(), (None, None), &Given::default());
    let interpreter = session.interpreter();
    let line = Source::new("<console-input>", expression);
    bencher.bench(|| interpreter.answer(&line, &mut Diagnostics::new()).expect("it has a value"));
}

/// A project that is this file and nothing else.
struct OneFile(Arc<Source>);

impl SourceTree for OneFile {
    fn root(&self) -> Arc<str> {
        "".into()
    }

    fn files(&self, _directory: &str) -> (Vec<Arc<Source>>, Diagnostics) {
        (vec![Arc::clone(&self.0)], Diagnostics::new())
    }

    fn resolve(&self, _request: &ModuleRequest<'_>) -> Result<InstalledModule, Diagnostics> {
        Err(Diagnostics::new())
    }
}
