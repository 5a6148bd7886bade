//! How fast text becomes tokens and trees, and what memory the tree takes.
//!
//! `cargo bench --bench syntax`

use std::sync::Arc;

use divan::counter::BytesCount;
use divan::{AllocProfiler, Bencher, black_box};
use terrace::diag::{Diagnostics, Source};
use terrace::syntax::{Language, parse_file, tokens};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// A file of resource blocks as people write them.
fn resources(count: usize) -> Arc<Source> {
    let mut text = String::new();
    for index in 0..count {
        text.push_str(&format!(
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
