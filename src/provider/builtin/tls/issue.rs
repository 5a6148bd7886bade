//! Issues certificates: what both kinds of issued certificates share.

use jiff::{SignedDuration, Timestamp};

use crate::diag::Severity;
use crate::port::{Applied, ApplyRequest, Current, PlanRequest, Planned, Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Name, Path, Type, Value};

use super::super::moment::{Clock, Moment};
use super::super::object::{Arguments, at, filled, quoted};
use super::super::{Draft, entropy};
use super::asn1;
use super::key::{Key, PublicKey};
use super::pem;

/// Key usages by name, in the order of their bits from the highest.
const USES: [&str; 9] = [
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "cert_signing",
    "crl_signing",
    "encipher_only",
    "decipher_only",
];

const EXTENDED_USES: [(&str, &str); 14] = [
    ("any_extended", "2.5.29.37.0"),
    ("server_auth", "1.3.6.1.5.5.7.3.1"),
    ("client_auth", "1.3.6.1.5.5.7.3.2"),
    ("code_signing", "1.3.6.1.5.5.7.3.3"),
    ("email_protection", "1.3.6.1.5.5.7.3.4"),
    ("ipsec_end_system", "1.3.6.1.5.5.7.3.5"),
    ("ipsec_tunnel", "1.3.6.1.5.5.7.3.6"),
    ("ipsec_user", "1.3.6.1.5.5.7.3.7"),
    ("timestamping", "1.3.6.1.5.5.7.3.8"),
    ("ocsp_signing", "1.3.6.1.5.5.7.3.9"),
    ("microsoft_server_gated_crypto", "1.3.6.1.4.1.311.10.3.3"),
    ("netscape_server_gated_crypto", "2.16.840.1.113730.4.1"),
    ("microsoft_commercial_code_signing", "1.3.6.1.4.1.311.2.1.22"),
    ("microsoft_kernel_code_signing", "1.3.6.1.4.1.311.61.1.1"),
];

pub(super) const SUBJECT_KEY: &str = "2.5.29.14";
const KEY_USAGE: &str = "2.5.29.15";
pub(super) const ALTERNATIVES: &str = "2.5.29.17";
pub(super) const CONSTRAINTS: &str = "2.5.29.19";
const AUTHORITY_KEY: &str = "2.5.29.35";
const EXTENDED_USAGE: &str = "2.5.29.37";

/// What a certificate is made from, besides its arguments.
pub(super) struct CertificateContent<'a> {
    pub(super) subject: Vec<u8>,
    pub(super) issuer: Vec<u8>,
    pub(super) names: Option<Vec<u8>>,
    pub(super) key: &'a PublicKey,
    pub(super) authority: Authority,
    pub(super) signer: &'a Key,
}

/// The authority's key identifier.
pub(super) enum Authority {
    /// The same as the certificate's own, if requested.
    Own,
    Of(Option<Vec<u8>>),
}

/// Arguments and results of both kinds.
pub(super) fn block() -> Block {
    let flag = || Attribute::optional_computed(Type::Bool);
    Block::default()
        .with("allowed_uses", Attribute::required(Type::list(Type::String)))
        .with("cert_pem", Attribute::computed(Type::String))
        .with("early_renewal_hours", Attribute::optional_computed(Type::Number))
        .with("id", Attribute::computed(Type::String))
        .with("is_ca_certificate", flag())
        .with("max_path_length", Attribute::optional_computed(Type::Number))
        .with("ready_for_renewal", Attribute::computed(Type::Bool))
        .with("set_subject_key_id", flag())
        .with("validity_end_time", Attribute::computed(Type::String))
        .with("validity_period_hours", Attribute::required(Type::Number))
        .with("validity_start_time", Attribute::computed(Type::String))
}

pub(super) fn validate(configuration: &Value, remarks: &mut Remarks) {
    let given = Arguments(configuration);
    for (name, least) in [("validity_period_hours", 0), ("early_renewal_hours", 0), ("max_path_length", -1)] {
        super::count(given, name, least, i64::MAX, remarks);
    }
    if given.number("max_path_length").is_some_and(|length| length > 0)
        && !given.is_unknown("is_ca_certificate")
        && given.flag("is_ca_certificate") != Some(true)
    {
        let detail = "Only a certificate of an authority (is_ca_certificate = true) has others below it, whose number \
                      \"max_path_length\" could limit.";
        remarks.push(Remark::error("Unsuitable argument", detail).at(at("max_path_length")));
    }
    let is_known = |used: &&str| USES.contains(used) || EXTENDED_USES.iter().any(|(name, _)| name == used);
    if let Some(wrong) = given.texts("allowed_uses").into_iter().find(|used| !is_known(used)) {
        let mut all: Vec<&str> = USES.into_iter().chain(EXTENDED_USES.map(|(name, _)| name)).collect();
        all.sort_unstable();
        let detail =
            format!("\"{wrong}\" is no use that a certificate can allow; there are {}.", quoted(&all));
        remarks.push(Remark::error("Unsuitable argument", detail).at(at("allowed_uses")));
    }
}

/// Checks given names, and that there is only one `subject`.
pub(super) fn check_names(configuration: &Value, remarks: &mut Remarks) {
    let given = Arguments(configuration);
    for name in ["ip_addresses", "uris"] {
        if given.texts(name).iter().any(|text| text.is_empty()) {
            let detail = format!("\"{name}\" has an element that is an empty text.");
            remarks.push(Remark::error("Unsuitable argument", detail).at(at(name)));
        }
    }
    for name in super::request::NAMES {
        let alone = Value::object(given.value(name).map(|names| (name, names.clone())));
        if let Err(why) = super::name::alternatives(&alone) {
            remarks.push(Remark::error("Unsuitable argument", why).at(at(name)));
        }
    }
    if given.value("subject").and_then(Value::items).is_some_and(|blocks| blocks.len() > 1) {
        let detail = "A certificate has one subject: no more than one block \"subject\" can be given.";
        remarks.push(Remark::error("Too many blocks", detail).at(at("subject")));
    }
}

/// Every change requires a new certificate, except that of the renewal time.
pub(super) fn plan(
    request: &PlanRequest<'_>,
    schema: &Block,
    pems: &[&str],
    fixed: &[&str],
    clock: &Clock,
) -> Planned {
    let mut draft = Draft::new(request, schema);
    draft.default("early_renewal_hours", super::integer(0));
    let flags = ["is_ca_certificate", "set_subject_key_id", "set_authority_key_id"];
    let flags = flags.into_iter().filter(|name| schema.attributes.contains_key(*name));
    for name in flags.clone() {
        draft.default(name, Value::bool(false));
    }
    let ready = ready(draft.get("validity_period_hours"), draft.get("early_renewal_hours"));
    draft.set("ready_for_renewal", ready.map_or_else(|| Value::unknown(Type::Bool), Value::bool));
    replace_pem(&mut draft, pems);
    let both = ["validity_period_hours", "allowed_uses", "max_path_length"];
    for name in both.into_iter().chain(flags).chain(fixed.iter().copied()) {
        draft.fixed(name);
    }
    if schema.blocks.contains_key("subject") {
        replace_subject(&mut draft);
    }
    let early = draft.get("early_renewal_hours").and_then(Value::as_number).and_then(|hours| hours.to_i64());
    let end = draft.prior("validity_end_time").and_then(Value::as_str);
    if early.zip(end).is_some_and(|(early, end)| is_due(end, early, clock)) {
        draft.unknown("ready_for_renewal");
        draft.replace("ready_for_renewal");
    }
    draft.finish()
}

/// Whether a certificate would be due for renewal immediately; `None` if unknown.
fn ready(validity: Option<&Value>, early: Option<&Value>) -> Option<bool> {
    let hours = |value: Option<&Value>| value.and_then(Value::as_number).and_then(|hours| hours.to_i64());
    let validity = hours(validity)?;
    if validity == 0 { Some(true) } else { Some(hours(early)? >= validity) }
}

fn is_due(end: &str, early: i64, clock: &Clock) -> bool {
    let renewal = Moment::parse(end).and_then(|end| end.plus_seconds(-early.checked_mul(3600)?));
    renewal.is_some_and(|renewal| !renewal.is_after(clock.now()))
}

/// Arguments in PEM. Early releases stored checksums instead, which are replaced in place.
pub(super) fn replace_pem(draft: &mut Draft<'_>, names: &[&str]) {
    for name in names {
        if draft.prior(name).and_then(Value::as_str).is_some_and(pem::is_pem) {
            draft.fixed(name);
        }
    }
}

/// The changes of the block that require a new certificate.
pub(super) fn replace_subject(draft: &mut Draft<'_>) {
    if !draft.changes("subject") {
        return;
    }
    draft.replace("subject");
    let parts = |value: Option<&Value>| {
        let block = value.and_then(Value::items).and_then(<[Value]>::first).and_then(Value::entries);
        block.cloned().unwrap_or_default()
    };
    let (before, after) = (parts(draft.prior("subject")), parts(draft.get("subject")));
    let changed: Vec<Name> = after
        .iter()
        .filter(|(name, value)| before.get(name).is_some_and(|before| !before.same(value)))
        .map(|(name, _)| name.clone())
        .collect();
    for name in changed {
        let first = Path::root().attribute("subject").index(super::integer(0));
        draft.replace_at(first.attribute(name));
    }
}

/// Marks a certificate that is due for renewal.
pub(super) fn read(current: Current<'_>, clock: &Clock) -> Applied {
    let stored = Arguments(current.value);
    let early = stored.number("early_renewal_hours").unwrap_or_default();
    let is_due = stored.text("validity_end_time").is_some_and(|end| is_due(end, early, clock));
    let mark = is_due.then(|| ("ready_for_renewal", Value::bool(true)));
    Applied { value: filled(current.value, mark), private: current.private.to_vec() }
}

/// Issues the certificate, and returns its object.
pub(super) fn create(
    request: &ApplyRequest<'_>,
    content: &CertificateContent<'_>,
    algorithm: (&'static str, &Key),
    now: Timestamp,
    remarks: &mut Remarks,
) -> Option<Applied> {
    let before = remarks.len();
    validate(request.planned, remarks);
    if remarks.iter().skip(before).any(|remark| remark.severity == Severity::Error) {
        return None;
    }
    let mut serial = [0; 16];
    entropy::fill(&mut serial, remarks)?;
    let given = Arguments(request.planned);
    let hours = given.number("validity_period_hours").unwrap_or_default();
    let end =
        hours.checked_mul(3600).and_then(|seconds| now.checked_add(SignedDuration::from_secs(seconds)).ok());
    let der = match end {
        Some(end) => certificate(given, content, &serial, now, end),
        None => Err("A certificate cannot be valid beyond the year 9999.".into()),
    };
    let der = der.map_err(|why| remarks.push(Remark::error("Certificate cannot be made", why))).ok()?;
    let ready = ready(given.value("validity_period_hours"), given.value("early_renewal_hours"));
    let path_length =
        given.number("max_path_length").map_or_else(|| Value::null(Type::Number), super::integer);
    let results = [
        ("cert_pem", Value::string(&pem::encode("CERTIFICATE", &der))),
        ("id", Value::string(&dashu_int::UBig::from_be_bytes(&serial).to_string())),
        ("max_path_length", path_length),
        ("ready_for_renewal", Value::bool(ready.unwrap_or(false))),
        ("validity_end_time", Value::string(&end?.to_string())),
        ("validity_start_time", Value::string(&now.to_string())),
        (algorithm.0, Value::string(algorithm.1.algorithm())),
    ];
    Some(Applied { value: filled(request.planned, results), private: request.private.to_vec() })
}

fn certificate(
    given: Arguments<'_>,
    content: &CertificateContent<'_>,
    serial: &[u8],
    start: Timestamp,
    end: Timestamp,
) -> Result<Vec<u8>, String> {
    let has_no_subject = content.subject == asn1::sequence(&[]);
    let is_authority = given.flag("is_ca_certificate").unwrap_or(false);
    if is_authority && has_no_subject {
        return Err("The certificate of an authority has a subject; give it a block \"subject\".".into());
    }
    let mut extensions = usages(&given.texts("allowed_uses"));
    let path_length = given.number("max_path_length").and_then(|length| u64::try_from(length).ok());
    let constraints = match (is_authority, path_length) {
        (false, _) => asn1::sequence(&[]),
        (true, None) => asn1::sequence(&[&asn1::tagged(asn1::BOOLEAN, &[0xff])]),
        (true, Some(length)) => {
            let length = asn1::integer(&length.to_be_bytes());
            asn1::sequence(&[&asn1::tagged(asn1::BOOLEAN, &[0xff]), &length])
        }
    };
    extensions.push(extension(CONSTRAINTS, true, &constraints));
    let has_identifier = is_authority || given.flag("set_subject_key_id").unwrap_or(false);
    let identifier = has_identifier.then(|| content.key.identifier());
    if let Some(identifier) = &identifier {
        extensions.push(extension(SUBJECT_KEY, false, &asn1::octets(identifier)));
    }
    let authority = match &content.authority {
        Authority::Of(identifier) => identifier.clone(),
        Authority::Own if !given.flag("set_authority_key_id").unwrap_or(false) => None,
        Authority::Own => Some(identifier.ok_or(
            "A certificate that signs itself takes the identifier of its authority's key from its own, and has none: \
             set \"set_subject_key_id\" as well.",
        )?),
    };
    if let Some(authority) = authority {
        let identifier = asn1::tagged(0x80, &authority);
        extensions.push(extension(AUTHORITY_KEY, false, &asn1::sequence(&[&identifier])));
    }
    if let Some(names) = &content.names {
        extensions.push(extension(ALTERNATIVES, has_no_subject, names));
    }
    let (algorithm, _) = content.signer.sign(&[])?;
    let signed = asn1::sequence(&[
        &asn1::tagged(asn1::context(0), &asn1::integer(&[2])),
        &asn1::integer(serial),
        &algorithm,
        &content.issuer,
        &asn1::sequence(&[&time(start), &time(end)]),
        &content.subject,
        &content.key.der,
        &asn1::tagged(asn1::context(3), &asn1::tagged(asn1::SEQUENCE, &extensions.concat())),
    ]);
    let (algorithm, signature) = content.signer.sign(&signed)?;
    Ok(asn1::sequence(&[&signed, &algorithm, &asn1::bits(&signature)]))
}

fn usages(allowed: &[&str]) -> Vec<Vec<u8>> {
    let mut extensions = Vec::new();
    let bits = USES.iter().zip(0u32..).filter(|(used, _)| allowed.contains(used));
    let bits = bits.fold(0u16, |bits, (_, index)| bits | 0x8000 >> index);
    if bits != 0 {
        extensions.push(extension(KEY_USAGE, true, &asn1::flags(bits)));
    }
    let oid =
        |used: &&str| EXTENDED_USES.iter().find(|(name, _)| name == used).map(|(_, oid)| asn1::oid(oid));
    let extended: Vec<Vec<u8>> = allowed.iter().filter_map(oid).collect();
    if !extended.is_empty() {
        let extended = asn1::tagged(asn1::SEQUENCE, &extended.concat());
        extensions.push(extension(EXTENDED_USAGE, false, &extended));
    }
    extensions
}

pub(super) fn extension(oid: &str, is_critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if is_critical { asn1::tagged(asn1::BOOLEAN, &[0xff]) } else { Vec::new() };
    asn1::sequence(&[&asn1::oid(oid), &critical, &asn1::octets(value)])
}

/// With two digits for the year while they suffice.
fn time(instant: Timestamp) -> Vec<u8> {
    let text = instant.strftime("%Y%m%d%H%M%SZ").to_string();
    match text.get(2..) {
        Some(short) if ("1950".."2050").contains(&text.get(..4).unwrap_or_default()) => {
            asn1::tagged(asn1::UTC_TIME, short.as_bytes())
        }
        _ => asn1::tagged(asn1::TIME, text.as_bytes()),
    }
}
