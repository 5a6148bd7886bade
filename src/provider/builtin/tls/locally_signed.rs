//! `tls_locally_signed_cert`: a certificate signed by a given authority key.

use async_trait::async_trait;

use crate::port::{Applied, ApplyRequest, Current, PlanRequest, Planned, Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::Resource;
use super::super::moment::Clock;
use super::super::object::{Arguments, at};
use super::certificate::Certificate;
use super::issue::{self, Authority, CertificateContent};
use super::request;

pub(super) struct LocallySigned(pub(super) Clock);

const PEMS: [&str; 3] = ["ca_cert_pem", "ca_private_key_pem", "cert_request_pem"];

#[async_trait]
impl Resource for LocallySigned {
    fn schema(&self) -> Block {
        issue::block()
            .with("ca_cert_pem", Attribute::required(Type::String))
            .with("ca_key_algorithm", Attribute::computed(Type::String))
            .with("ca_private_key_pem", Attribute::required(Type::String).sensitive())
            .with("cert_request_pem", Attribute::required(Type::String))
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        issue::validate(configuration, remarks);
    }

    fn plan(&self, request: &PlanRequest<'_>, schema: &Block, _remarks: &mut Remarks) -> Option<Planned> {
        Some(issue::plan(request, schema, &PEMS, &[], &self.0))
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let given = Arguments(request.planned);
        let text = |name| given.text(name).unwrap_or_default();
        let asked = request::read(text("cert_request_pem"));
        let asked = asked
            .map_err(|why| super::unreadable("Certificate request", "cert_request_pem", &why, remarks))
            .ok()?;
        let key = super::parsed_key(given, "ca_private_key_pem", remarks)?;
        let authority = Certificate::parse(text("ca_cert_pem"));
        let authority =
            authority.map_err(|why| super::unreadable("Certificate", "ca_cert_pem", &why, remarks)).ok()?;
        if !authority.is_authority() {
            let detail = "The certificate in \"ca_cert_pem\" is not marked as that of an authority. What it signs may \
                          be refused by those who check it.";
            remarks.push(Remark::warning("Not an authority", detail).at(at("ca_cert_pem")));
        }
        if key.public().ok().is_none_or(|public| public.der != authority.key) {
            let detail = "The key in \"ca_private_key_pem\" is not the one that the certificate in \"ca_cert_pem\" \
                          belongs to.";
            remarks.push(Remark::error("Key of another certificate", detail).at(at("ca_private_key_pem")));
            return None;
        }
        let content = CertificateContent {
            authority: Authority::Of(
                authority.key_identifier().filter(|_| authority.subject != asked.subject),
            ),
            issuer: authority.subject,
            subject: asked.subject,
            names: asked.names,
            key: &asked.key,
            signer: &key,
        };
        issue::create(request, &content, ("ca_key_algorithm", &key), self.0.instant(), remarks)
    }

    async fn read(&self, current: Current<'_>, _remarks: &mut Remarks) -> Option<Applied> {
        Some(issue::read(current, &self.0))
    }
}
