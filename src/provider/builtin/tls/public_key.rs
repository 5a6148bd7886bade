//! `tls_public_key`: the public key of an existing private key.

use async_trait::async_trait;

use crate::port::Remarks;
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::object::{Arguments, exactly_one, filled};
use super::super::{Data, Ephemeral};

pub(super) struct PublicKey;

const SOURCES: [&str; 2] = ["private_key_pem", "private_key_openssh"];

#[async_trait]
impl Data for PublicKey {
    fn schema(&self) -> Block {
        block()
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        exactly_one(Arguments(configuration), &SOURCES, remarks);
    }

    async fn read(&self, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        derived(configuration, remarks)
    }
}

#[async_trait]
impl Ephemeral for PublicKey {
    fn schema(&self) -> Block {
        block()
    }

    async fn open(&self, configuration: &Value, remarks: &mut Remarks) -> Option<(Value, Vec<u8>)> {
        let before = remarks.len();
        exactly_one(Arguments(configuration), &SOURCES, remarks);
        if remarks.len() > before {
            return None;
        }
        Some((derived(configuration, remarks)?, Vec::new()))
    }
}

fn block() -> Block {
    let results = [
        "algorithm",
        "id",
        "public_key_fingerprint_md5",
        "public_key_fingerprint_sha256",
        "public_key_openssh",
        "public_key_pem",
    ];
    let source = || Attribute::optional(Type::String).sensitive();
    let block = SOURCES.iter().fold(Block::default(), |block, name| block.with(name, source()));
    results.iter().fold(block, |block, name| block.with(name, Attribute::computed(Type::String)))
}

fn derived(configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
    let given = Arguments(configuration);
    let name = SOURCES.into_iter().find(|name| given.is_given(name))?;
    let key = super::parsed_key(given, name, remarks)?;
    let forms = super::private_key::public_forms(&key);
    let forms = forms.map_err(|why| super::unreadable("Private key", name, &why, remarks)).ok()?;
    let forms = forms.into_iter().map(|(name, text)| (name, Value::string(&text)));
    Some(filled(configuration, forms.chain([("algorithm", Value::string(key.algorithm()))])))
}
