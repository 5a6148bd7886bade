//! Random projects whose values go through everything that the language has.

use std::fmt::Write;

use super::Setting;
use crate::support::chance::Chance;

/// So many variables of each type.
const EACH: usize = 2;

/// Writes one project, always the same one for a seed.
pub(super) struct Writer {
    chance: Chance,
    /// Whether everything is known, or a random name takes part.
    known: bool,
    /// What stands for the name of the environment.
    name: &'static str,
    /// Inside a module: other variables, and no resources to refer to.
    locals: Vec<(&'static str, String)>,
    /// What `for` expressions around have brought in.
    inner: Vec<(&'static str, String)>,
    depth: usize,
    next: usize,
}

impl Writer {
    pub(super) fn new(seed: u64, known: bool) -> Self {
        let chance = Chance::of(seed, "project");
        Self {
            chance,
            known,
            name: "var.environment",
            locals: Vec::new(),
            inner: Vec::new(),
            depth: 0,
            next: 0,
        }
    }

    pub(super) fn project(mut self, setting: Setting) -> Vec<(String, String)> {
        let mut hcl =
            Chance::of(self.chance.clone().below(1 << 30) as u64, ("values", format!("{setting:?}")));
        let (mut declared, mut first, mut second) = (String::new(), String::new(), String::new());
        let chosen = hcl.below(EACH * 4);
        if setting == Setting::OneUndeclared {
            self.name = "\"alpha\"";
        }
        let mut main = String::from("variable \"environment\" {}\n");
        for (at, kind) in ["number", "bool", "string", "list(string)"].iter().enumerate() {
            for index in 0..EACH {
                let name = format!("p{at}{index}");
                writeln!(main, "variable \"{name}\" {{\n  type = {kind}\n}}").unwrap();
                let number = at * EACH + index;
                let differs = match setting {
                    Setting::OneUndeclared => number == chosen,
                    Setting::None => false,
                    _ => hcl.percent(60),
                };
                let (a, b) = values(kind, &mut hcl, differs);
                writeln!(first, "    {name} = {a}").unwrap();
                writeln!(second, "    {name} = {b}").unwrap();
                let is_declared = match setting {
                    Setting::AllDeclared => true,
                    Setting::Some => hcl.percent(50),
                    _ => false,
                };
                if is_declared {
                    writeln!(declared, "parameter \"{name}\" {{ differs = \"scale\" }}").unwrap();
                }
            }
        }
        if setting == Setting::AllDeclared {
            writeln!(declared, "parameter \"environment\" {{ decides = true }}").unwrap();
        }
        let environments = format!(
            "{declared}environment \"alpha\" {{\n  values = {{\n{first}  }}\n}}\nenvironment \"omega\" {{\n  values = {{\n{second}  }}\n}}\n"
        );
        let name = if self.known { "\"pet\"" } else { "random_pet.later.id" };
        write!(main, "resource \"random_pet\" \"later\" {{}}\nlocals {{\n  pet = {name}\n").unwrap();
        for index in 0..6 {
            let (kind, value) = self.any();
            writeln!(main, "  l{index} = {value}").unwrap();
            self.locals.push((kind, format!("local.l{index}")));
        }
        main.push_str("}\n");
        for index in 0..4 {
            let repetition = match self.chance.below(4) {
                0 => format!("  count = {} % 4\n", positive(&self.number())),
                1 => format!("  for_each = toset({})\n", self.list()),
                2 => format!("  for_each = {}\n", self.map()),
                _ => String::new(),
            };
            let (_, value) = self.any();
            writeln!(main, "resource \"terraform_data\" \"r{index}\" {{\n{repetition}  input = {value}\n}}")
                .unwrap();
        }
        let (kind, argument) = self.any();
        let text = self.text();
        writeln!(main, "module \"m\" {{\n  source = \"./m\"\n  given = {argument}\n  text = {text}\n}}")
            .unwrap();
        self.locals.push(("string", "module.m.text".to_owned()));
        self.locals.push((kind, "module.m.given".to_owned()));
        let (_, value) = self.any();
        writeln!(main, "output \"o\" {{\n  value = {value}\n}}").unwrap();
        let module = "variable \"given\" {}\nvariable \"text\" {}\nresource \"terraform_data\" \"inner\" {\n  input = { given = var.given, text = var.text }\n}\noutput \"given\" { value = var.given }\noutput \"text\" { value = \"<${var.text}>\" }\n";
        let manifest = "{\"Modules\":[{\"Key\":\"\",\"Source\":\"\",\"Dir\":\".\"},{\"Key\":\"m\",\"Source\":\"./m\",\"Dir\":\"m\"}]}";
        [
            ("main.tf", main),
            ("terrace.hcl", environments),
            ("m/main.tf", module.to_owned()),
            (".terraform/modules/modules.json", manifest.to_owned()),
        ]
        .map(|(name, text)| (name.to_owned(), text))
        .into()
    }

    fn any(&mut self) -> (&'static str, String) {
        match self.chance.below(5) {
            0 => ("number", self.number()),
            1 => ("bool", self.truth()),
            2 => ("string", self.text()),
            3 => ("list", self.list()),
            _ => ("map", self.map()),
        }
    }

    /// One of several ways, of which the last two go no deeper.
    fn way(&mut self, ways: usize) -> usize {
        if self.depth > 3 { ways - 1 - self.chance.below(2) } else { self.chance.below(ways) }
    }

    /// Something of a type that has a name.
    fn named(&mut self, kind: &str, at: usize) -> String {
        let local = self.locals.iter().chain(&self.inner).filter(|(of, _)| *of == kind);
        let mut names: Vec<String> = local.map(|(_, name)| name.clone()).collect();
        if at < 4 {
            names.extend((0..EACH).map(|index| format!("var.p{at}{index}")));
        }
        if names.is_empty() { String::new() } else { self.chance.one(&names).clone() }
    }

    fn deeper<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        self.depth += 1;
        let written = write(self);
        self.depth -= 1;
        written
    }

    fn number(&mut self) -> String {
        let way = self.way(13);
        self.deeper(|w| match way {
            0 => format!("({} + {})", w.number(), w.number()),
            1 => format!("({} ? {} : {})", w.truth(), w.number(), w.number()),
            2 => format!("length({})", w.list()),
            3 => format!("length({})", w.text()),
            4 => format!("try(tonumber({}), {})", w.text(), w.number()),
            5 => format!("lookup({{ a = {}, b = 2 }}, {}, {})", w.number(), w.text(), w.number()),
            6 => format!("[{}, 5, 7][{} % 3]", w.number(), positive(&w.number())),
            7 => format!("max({}, {})", w.number(), w.number()),
            8 => format!("try({{ a = 1, b = {} }}[{}], {})", w.number(), w.text(), w.number()),
            9 => format!("length({})", w.map()),
            10 => format!("try(index({}, {}), -1)", w.list(), w.text()),
            11 => w.named("number", 0),
            _ => w.chance.below(5).to_string(),
        })
    }

    fn truth(&mut self) -> String {
        let way = self.way(12);
        self.deeper(|w| match way {
            0 => format!("({} > {})", w.number(), w.number()),
            1 => format!("({} == {})", w.text(), w.text()),
            2 => format!("contains({}, {})", w.list(), w.text()),
            3 => format!("!{}", w.truth()),
            4 => format!("({} && {})", w.truth(), w.truth()),
            5 => format!("can({}[{}])", w.map(), w.text()),
            6 => {
                let list = w.list();
                let inner = w.fresh();
                format!("anytrue([for {inner} in {list} : {}])", w.with("string", &inner, Self::truth))
            }
            7 => format!("startswith({}, {})", w.text(), w.text()),
            8 => format!("({} == {})", w.list(), w.list()),
            9 => {
                let name = w.name;
                format!("({name} == {})", w.text())
            }
            10 => w.named("bool", 1),
            _ => w.chance.percent(50).to_string(),
        })
    }

    fn text(&mut self) -> String {
        let way = self.way(20);
        self.deeper(|w| match way {
            0 => format!("\"${{{}}}-${{{}}}\"", w.text(), w.number()),
            1 => format!("({} ? {} : {})", w.truth(), w.text(), w.text()),
            2 => format!("join(\"-\", {})", w.list()),
            3 => format!("upper({})", w.text()),
            4 => format!("try({}[{}], {})", w.map(), w.text(), w.text()),
            5 => format!("lookup({}, {}, {})", w.map(), w.text(), w.text()),
            6 => format!("format(\"%s:%d\", {}, {})", w.text(), w.number()),
            7 => format!("element(concat({}, [\"z\"]), {})", w.list(), positive(&w.number())),
            8 => format!("coalesce({}, \"c\")", w.text()),
            9 => format!("jsonencode({})", w.any().1),
            10 => format!("try({}[{}], {})", w.list(), w.number(), w.text()),
            11 => format!("\"%{{ if {} }}${{{}}}%{{ else }}n%{{ endif }}\"", w.truth(), w.text()),
            12 => {
                let list = w.list();
                let inner = w.fresh();
                format!(
                    "\"%{{ for {inner} in {list} }}${{{}}}%{{ endfor }}\"",
                    w.with("string", &inner, Self::text)
                )
            }
            13 => "local.pet".to_owned(),
            14 => format!("\"n-${{{}}}\"", w.name),
            15 => w.name.to_owned(),
            16 => format!("replace({}, {}, \"r\")", w.text(), w.text()),
            17 => format!("one(slice(concat({}, [\"y\"]), 0, 1))", w.list()),
            18 => w.named("string", 2),
            _ => format!("\"{}\"", w.chance.one(&["a", "b", "k", "1", "2"])),
        })
    }

    fn list(&mut self) -> String {
        let way = self.way(17);
        let list = self.deeper(|w| match way {
            0 => {
                let list = w.list();
                let inner = w.fresh();
                let filter = w.with("string", &inner, Self::truth);
                format!("[for {inner} in {list} : {inner} if {filter}]")
            }
            1 => {
                let list = w.list();
                let inner = w.fresh();
                format!("[for {inner} in {list} : {}]", w.with("string", &inner, Self::text))
            }
            2 => format!("concat({}, {})", w.list(), w.list()),
            3 => format!("keys({})", w.map()),
            4 => format!("values({})", w.map()),
            5 => format!("distinct({})", w.list()),
            6 => format!("sort({})", w.list()),
            7 => format!("tolist(toset({}))", w.list()),
            8 => format!("flatten([{}, [{}]])", w.list(), w.list()),
            9 => format!("[for i in range({} % 3) : \"i${{i}}\"]", positive(&w.number())),
            10 => format!("split(\"-\", {})", w.text()),
            11 => format!("({} ? {} : {})", w.truth(), w.list(), w.list()),
            12 => format!("tolist(setsubtract({}, {}))", w.list(), w.list()),
            13 => format!("values({})[*]", w.map()),
            14 => format!("[{}, {}]", w.text(), w.text()),
            15 => w.named("list", 3),
            _ => "[\"a\", \"b\"]".to_owned(),
        });
        format!("tolist({list})")
    }

    fn map(&mut self) -> String {
        let way = self.way(9);
        let map = self.deeper(|w| match way {
            0 => format!("{{ a = {}, k = {} }}", w.text(), w.text()),
            1 => {
                let list = w.list();
                let inner = w.fresh();
                format!(
                    "{{ for {inner} in distinct({list}) : {inner} => {} }}",
                    w.with("string", &inner, Self::text)
                )
            }
            2 => format!("merge({}, {})", w.map(), w.map()),
            3 => {
                let map = w.map();
                let inner = w.fresh();
                let filter = w.with("string", &inner, Self::truth);
                format!("{{ for key, {inner} in {map} : \"${{key}}x\" => {inner} if {filter} }}")
            }
            4 => format!("({} ? {} : {})", w.truth(), w.map(), w.map()),
            5 => format!("{{ ({}) = {} }}", w.text(), w.text()),
            6 => format!("zipmap([\"a\", \"z\"], [{}, {}])", w.text(), w.text()),
            7 => match w.named("map", 9) {
                none if none.is_empty() => "{}".to_owned(),
                name => name,
            },
            _ => "{ a = \"1\", b = \"2\" }".to_owned(),
        });
        format!("tomap({map})")
    }

    fn fresh(&mut self) -> String {
        self.next += 1;
        format!("x{}", self.next)
    }

    fn with<T>(&mut self, kind: &'static str, name: &str, write: impl FnOnce(&mut Self) -> T) -> T {
        self.inner.push((kind, name.to_owned()));
        let written = write(self);
        self.inner.pop();
        written
    }
}

fn positive(number: &str) -> String {
    format!("abs({number})")
}

/// A value of a type for each environment.
fn values(kind: &str, chance: &mut Chance, differs: bool) -> (String, String) {
    let texts = ["\"a\"", "\"b\"", "\"k\"", "\"1\"", "\"2\"", "\"\""];
    let lists = ["[]", "[\"a\"]", "[\"a\", \"b\"]", "[\"k\", \"a\"]", "[\"1\", \"2\", \"3\"]"];
    let of: &[&str] = match kind {
        "number" => &["0", "1", "2", "3"],
        "bool" => &["true", "false"],
        "string" => &texts,
        _ => &lists,
    };
    let first = chance.below(of.len());
    let second = if differs { (first + 1 + chance.below(of.len() - 1)) % of.len() } else { first };
    (of[first].to_owned(), of[second].to_owned())
}
