//! Parses addresses in the text form of people and state files.

use std::borrow::Cow;
use std::sync::Arc;

use super::{
    AbsoluteInstance, AbsoluteResource, InstanceKey, ModuleInstance, ModulePath, ProviderAddress,
    ProviderConfigAddress, ResourceAddress, ResourceMode, ResourcePath, Target,
};
use crate::value::normalize;

/// Why a text is not an address, as a clause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is no address: {why}")]
pub struct InvalidAddress {
    pub text: String,
    pub why: Cow<'static, str>,
}

type Read<T> = Result<T, Cow<'static, str>>;

impl Target {
    /// `module.a["x"]`, `aws_instance.web`, `module.a.data.aws_ami.base[0]`
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        whole(text, Cursor::target)
    }
}

impl ModuleInstance {
    /// `module.a["x"].module.b`; empty for the root.
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        if text.is_empty() {
            return Ok(Self::root());
        }
        let target = Target::parse(text)?;
        match target.resource {
            None => Ok(target.module),
            Some(_) => Err(invalid(text, "a module is needed here, and this is a resource".into())),
        }
    }
}

impl AbsoluteInstance {
    /// `module.a["x"].aws_instance.web[0]`
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        let Target { module, resource, key } = Target::parse(text)?;
        match resource {
            Some(resource) => Ok(Self { module, resource, key }),
            None => Err(invalid(text, "a resource is needed here, and this is a module".into())),
        }
    }
}

impl AbsoluteResource {
    /// `module.a["x"].aws_instance.web`
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        let instance = AbsoluteInstance::parse(text)?;
        if instance.key.is_none() {
            Ok(instance.absolute_resource())
        } else {
            Err(invalid(text, "a resource is needed here, and this is one instance of one".into()))
        }
    }
}

impl ResourcePath {
    /// `module.a.aws_instance.web`. Keys of modules are accepted and dropped.
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        Ok(AbsoluteResource::parse(text)?.path())
    }
}

impl ProviderConfigAddress {
    /// `module.a.provider["registry.terraform.io/hashicorp/aws"].west`, or the legacy form
    /// `module.a.provider.aws.west`, whose namespace becomes a dash, for "unknown".
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        whole(text, Cursor::provider_config)
    }
}

/// Reads the complete text.
fn whole<'a, T>(text: &'a str, read: fn(&mut Cursor<'a>) -> Read<T>) -> Result<T, InvalidAddress> {
    let mut cursor = Cursor { rest: text };
    let found = read(&mut cursor).map_err(|why| invalid(text, why))?;
    if cursor.rest.is_empty() {
        Ok(found)
    } else {
        Err(invalid(text, format!("nothing can follow before {:?}", cursor.rest).into()))
    }
}

fn invalid(text: &str, why: Cow<'static, str>) -> InvalidAddress {
    InvalidAddress { text: text.to_owned(), why }
}

struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    fn target(&mut self) -> Read<Target> {
        let module = self.modules()?;
        if self.rest.is_empty() && !module.is_root() {
            return Ok(Target { module, resource: None, key: InstanceKey::None });
        }
        let resource = self.resource()?;
        let key = self.key()?;
        Ok(Target { module, resource: Some(resource), key })
    }

    /// All calls at the beginning, including the dot after them.
    fn modules(&mut self) -> Read<ModuleInstance> {
        let mut steps: Vec<(Arc<str>, InstanceKey)> = Vec::new();
        while let Some(rest) = self.rest.strip_prefix("module.") {
            self.rest = rest;
            let name = self.name("a name is needed after \"module\"")?;
            steps.push((Arc::from(name), self.key()?));
            if !self.take('.') {
                break;
            }
            if self.rest.is_empty() {
                return Err("something is needed after the last dot".into());
            }
        }
        if self.rest == "module" {
            return Err("a name is needed after \"module\"".into());
        }
        Ok(ModuleInstance::new(steps))
    }

    fn resource(&mut self) -> Read<ResourceAddress> {
        let first = self.name("the type of a resource is needed, such as in aws_instance.web")?;
        let mode = match first {
            "data" => ResourceMode::Data,
            "ephemeral" => ResourceMode::Ephemeral,
            _ => ResourceMode::Managed,
        };
        let kind = if mode == ResourceMode::Managed && first != "resource" {
            first
        } else {
            self.dot("a type and a name are needed, such as in data.aws_ami.base")?;
            self.name("a type is needed after the first dot, such as in data.aws_ami.base")?
        };
        self.dot("after the type comes the name of the resource, such as in aws_instance.web")?;
        let name = self.name("after the type comes the name of the resource, such as in aws_instance.web")?;
        Ok(ResourceAddress::new(mode, kind, name))
    }

    fn provider_config(&mut self) -> Read<ProviderConfigAddress> {
        let module = self.modules()?;
        if module.steps().iter().any(|(_, key)| !key.is_none()) {
            return Err("a provider configuration belongs to a module and not to one instance of it".into());
        }
        let Some(rest) = self.rest.strip_prefix("provider") else {
            return Err("\"provider\" is needed".into());
        };
        self.rest = rest;
        let provider = if self.take('.') {
            let kind = self.name("the name of a provider is needed")?;
            ProviderAddress { namespace: "-".into(), ..ProviderAddress::default_for(kind) }
        } else if let InstanceKey::Text(address) = self.key()? {
            ProviderAddress::parse(&address).map_err(|fault| fault.to_string())?
        } else {
            return Err("the address of the provider is needed, in quotes and brackets".into());
        };
        let alias = if self.take('.') { Some(Arc::from(self.name("an alias is needed")?)) } else { None };
        let module = if module.is_root() { ModulePath::root() } else { module.path() };
        Ok(ProviderConfigAddress { module, provider, alias })
    }

    /// A key in brackets, if there is one.
    fn key(&mut self) -> Read<InstanceKey> {
        if !self.take('[') {
            return Ok(InstanceKey::None);
        }
        let key = if self.take('"') { InstanceKey::Text(self.quoted()?) } else { self.number()? };
        if self.take(']') { Ok(key) } else { Err("a closing bracket is needed after a key".into()) }
    }

    fn number(&mut self) -> Read<InstanceKey> {
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(length);
        self.rest = rest;
        let number = digits.parse().map_err(|_| "a key is a whole number or a text in double quotes")?;
        Ok(InstanceKey::Number(number))
    }

    /// A quoted string, as the language writes it.
    fn quoted(&mut self) -> Read<Arc<str>> {
        let plain = self.rest.find(['"', '\\', '$', '%']).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(plain);
        if let Some(rest) = rest.strip_prefix('"') {
            self.rest = rest;
            return Ok(normalize(text));
        }
        let mut out = String::new();
        loop {
            let mut characters = self.rest.chars();
            let next = characters.next();
            let after = characters.as_str();
            match next {
                None => return Err("a text in it is not closed by a double quote".into()),
                Some('"') => {
                    self.rest = after;
                    return Ok(normalize(&out));
                }
                Some('\\') => {
                    self.rest = after;
                    out.push(self.escape()?);
                }
                Some(sign @ ('$' | '%')) if after.starts_with('{') => {
                    return Err(
                        format!("a key cannot be a template; {sign}{sign}{{ stands for {sign}{{").into()
                    );
                }
                Some(sign @ ('$' | '%')) if after.starts_with([sign]) && after.get(1..2) == Some("{") => {
                    out.push(sign);
                    out.push('{');
                    self.rest = after.get(2..).unwrap_or_default();
                }
                Some(character) => {
                    self.rest = after;
                    out.push(character);
                }
            }
        }
    }

    fn escape(&mut self) -> Read<char> {
        let mut characters = self.rest.chars();
        let letter = characters.next();
        self.rest = characters.as_str();
        let length = match letter {
            Some('n') => return Ok('\n'),
            Some('r') => return Ok('\r'),
            Some('t') => return Ok('\t'),
            Some(same @ ('"' | '\\')) => return Ok(same),
            Some('u') => 4,
            Some('U') => 8,
            _ => {
                return Err(
                    "a backslash stands before n, r, t, u, U, a quote or another backslash only".into()
                );
            }
        };
        let digits = self.rest.get(..length);
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        self.rest = self.rest.get(length..).unwrap_or_default();
        code.ok_or_else(|| "the digits after \\u or \\U stand for no character".into())
    }

    fn name(&mut self, missing: &'static str) -> Read<&'a str> {
        let starts = |c: char| c == '_' || unicode_ident::is_xid_start(c);
        if !self.rest.starts_with(starts) {
            return Err(missing.into());
        }
        let continues = |c: char| c == '-' || unicode_ident::is_xid_continue(c);
        let length = self.rest.find(|c| !continues(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(name)
    }

    fn dot(&mut self, missing: &'static str) -> Read<()> {
        if self.take('.') { Ok(()) } else { Err(missing.into()) }
    }

    fn take(&mut self, wanted: char) -> bool {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}
