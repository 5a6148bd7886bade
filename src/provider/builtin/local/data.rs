//! Data sources for existing files.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{CHECKSUMS, results};
use crate::port::{Remark, Remarks};
use crate::provider::builtin::object::{Arguments, at, filled};
use crate::provider::builtin::{Data, blocking};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

pub(super) struct LocalFile {
    pub(super) sensitive: bool,
}

#[async_trait]
impl Data for LocalFile {
    fn schema(&self) -> Block {
        let content = || {
            let attribute = Attribute::computed(Type::String);
            if self.sensitive { attribute.sensitive() } else { attribute }
        };
        let block = Block::default()
            .with("content", content())
            .with("content_base64", content())
            .with("filename", Attribute::required(Type::String))
            .with("id", Attribute::computed(Type::String));
        CHECKSUMS.into_iter().fold(block, |block, name| block.with(name, Attribute::computed(Type::String)))
    }

    async fn read(&self, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        let name = Arguments(configuration).text("filename")?.to_owned();
        let content = blocking(move || {
            std::fs::read(&name).map_err(|error| format!("\"{name}\" cannot be read: {error}."))
        });
        match content.await {
            Ok(content) => {
                let text = Value::string(&String::from_utf8_lossy(&content));
                let encoded = Value::normalized_string(STANDARD.encode(&content).into());
                let contents = [("content", text), ("content_base64", encoded)];
                Some(filled(configuration, results(&content).into_iter().chain(contents)))
            }
            Err(why) => {
                remarks.push(Remark::error("File cannot be read", why).at(at("filename")));
                None
            }
        }
    }
}
