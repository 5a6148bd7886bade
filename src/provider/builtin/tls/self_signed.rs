//! `tls_self_signed_cert`: a certificate signed by its own key.

use async_trait::async_trait;

use crate::port::{Applied, ApplyRequest, Current, PlanRequest, Planned, Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::Resource;
use super::super::moment::Clock;
use super::super::object::Arguments;
use super::issue::{self, Authority, CertificateContent};
use super::{name, request::NAMES};

pub(super) struct SelfSigned(pub(super) Clock);

#[async_trait]
impl Resource for SelfSigned {
    fn schema(&self) -> Block {
        let mut block = issue::block()
            .with("key_algorithm", Attribute::computed(Type::String))
            .with("private_key_pem", Attribute::required(Type::String).sensitive())
            .with("set_authority_key_id", Attribute::optional_computed(Type::Bool));
        for name in NAMES {
            block = block.with(name, Attribute::optional(Type::list(Type::String)));
        }
        block.blocks.insert("subject".into(), name::subject_block());
        block
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        issue::validate(configuration, remarks);
        issue::check_names(configuration, remarks);
    }

    fn plan(&self, request: &PlanRequest<'_>, schema: &Block, _remarks: &mut Remarks) -> Option<Planned> {
        Some(issue::plan(request, schema, &["private_key_pem"], &NAMES, &self.0))
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let key = super::parsed_key(Arguments(request.planned), "private_key_pem", remarks)?;
        let parts = name::subject(request.planned)
            .and_then(|subject| Ok((subject, name::alternatives(request.planned)?, key.public()?)));
        let (subject, names, public) =
            parts.map_err(|why| remarks.push(Remark::error("Certificate cannot be made", why))).ok()?;
        let content = CertificateContent {
            issuer: subject.clone(),
            subject,
            names,
            key: &public,
            authority: Authority::Own,
            signer: &key,
        };
        issue::create(request, &content, ("key_algorithm", &key), self.0.instant(), remarks)
    }

    async fn read(&self, current: Current<'_>, _remarks: &mut Remarks) -> Option<Applied> {
        Some(issue::read(current, &self.0))
    }
}
