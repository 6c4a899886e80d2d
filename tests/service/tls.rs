//! Certificates nobody here trusts: whose they are and what to do is said, and
//! nothing of ours is ever sent to whoever presents them.

use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::thread::JoinHandle;

use rcgen::BasicConstraints;
use rcgen::CertificateParams;
use rcgen::CertifiedIssuer;
use rcgen::DnType;
use rcgen::IsCa;
use rcgen::KeyPair;
use rcgen::date_time_ymd;
use rustls::ServerConfig;
use rustls::ServerConnection;
use rustls::Stream;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use vigie::domain::failure::Failure;
use vigie::domain::failure::FailureKind;
use vigie::service::Http;
use vigie::service::Limits;

/// How a certificate differs from a good one.
type Change = fn(&mut CertificateParams);

/// An authority that no system knows.
struct Inspection(CertifiedIssuer<'static, KeyPair>);

impl Inspection {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let name = &mut params.distinguished_name;
        name.push(DnType::CommonName, "Contoso Inspection CA");
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    /// Its certificate in a file of its own.
    fn file(&self) -> PathBuf {
        let name = format!("vigie-ca-{}-{}.pem", std::process::id(), fastrand::u64(..));
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, self.0.pem()).unwrap();
        path
    }

    /// Answers one connection on loopback as `name`; what it was sent in the end.
    fn serve(&self, change: impl FnOnce(&mut CertificateParams)) -> (String, JoinHandle<Vec<u8>>) {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let served = thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            let mut tls = ServerConnection::new(Arc::new(config)).unwrap();
            let mut stream = Stream::new(&mut tls, &mut socket);
            let mut received = vec![0; 4096];
            // Refused by the other side, it fails.
            let count = stream.read(&mut received).unwrap_or_default();
            received.truncate(count);
            let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
            stream.write_all(answer).unwrap_or_default();
            received
        });
        (format!("https://localhost:{port}/"), served)
    }
}

/// What a request that carries nothing of ours came to, and what arrived.
async fn ask(
    inspection: &Inspection,
    trusted: Option<PathBuf>,
    change: impl FnOnce(&mut CertificateParams),
) -> (Result<u16, Failure>, Vec<u8>, String) {
    let (url, served) = inspection.serve(change);
    let http = Http::new(Limits::default(), trusted);
    let answer = http.reach(&url).await;
    let host = url.trim_start_matches("https://").trim_end_matches('/');
    (
        answer
            .map(|answer| answer.status.as_u16())
            .map_err(Failure::from),
        served.join().unwrap(),
        host.to_owned(),
    )
}

#[tokio::test]
async fn an_unknown_authority_is_named_with_the_option_that_trusts_it() {
    let inspection = Inspection::new();
    let (answer, received, host) = ask(&inspection, None, |_| ()).await;
    let failure = answer.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Obstructed);
    assert_eq!(
        failure.sentence,
        format!(
            "{host} is presented by a certificate of \"Contoso Inspection CA\", which this machine does not trust"
        )
    );
    assert_eq!(
        failure.remedy.unwrap(),
        "have that authority's certificate in a PEM file and name it with --ca-file (`ca_file`, `VIGIE_CA_FILE`)"
    );
    assert!(received.is_empty(), "nothing travels before trust");
}

#[tokio::test]
async fn the_authority_in_the_file_is_trusted() {
    let inspection = Inspection::new();
    let file = inspection.file();
    let (answer, received, _) = ask(&inspection, Some(file.clone()), |_| ()).await;
    assert_eq!(answer.unwrap(), 204);
    assert!(received.starts_with(b"GET / HTTP/1.1"));
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn dates_and_names_that_do_not_fit_are_told_apart() {
    let inspection = Inspection::new();
    let file = inspection.file();
    let cases: [(Change, &str, &str); 3] = [
        (
            |params| params.not_after = date_time_ymd(2020, 2, 3),
            "that ended on 2020-02-03",
            "check the clock",
        ),
        (
            |params| params.not_before = date_time_ymd(2100, 1, 1),
            "that does not begin before 2100-01-01",
            "check the clock",
        ),
        (
            |params| {
                *params = CertificateParams::new(vec!["portal.example".to_owned()]).unwrap();
            },
            "that is for `portal.example` only",
            "check the address",
        ),
    ];
    for (change, why, remedy) in cases {
        let (answer, received, host) = ask(&inspection, Some(file.clone()), change).await;
        let failure = answer.unwrap_err();
        let expected =
            format!("{host} is presented by a certificate of \"Contoso Inspection CA\" {why}");
        assert_eq!(failure.sentence, expected);
        assert!(failure.remedy.unwrap().starts_with(remedy));
        assert!(received.is_empty());
    }
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn a_port_without_tls_is_said_to_be_one() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        socket
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
        let mut rest = Vec::new();
        socket.read_to_end(&mut rest).unwrap_or_default();
    });
    let http = Http::new(Limits::default(), None);
    let answer = http.reach(&format!("https://localhost:{port}/")).await;
    let failure = answer.map(|_| ()).map_err(Failure::from).unwrap_err();
    let expected = format!("localhost:{port} answers, but not with TLS");
    assert_eq!(failure.sentence, expected);
    served.join().unwrap();
}

#[tokio::test]
async fn a_file_without_certificates_is_refused_before_anything_is_sent() {
    let path = std::env::temp_dir().join(format!("vigie-no-ca-{}.pem", std::process::id()));
    for text in [
        "",
        "nonsense",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        std::fs::write(&path, text).unwrap();
        let http = Http::new(Limits::default(), Some(path.clone()));
        let error = http
            .reach("https://localhost:1/")
            .await
            .map(|_| ())
            .unwrap_err();
        let said = error.to_string();
        assert!(!said.contains("localhost"), "{said}");
        assert!(Failure::from(error).remedy.is_some());
    }
    std::fs::remove_file(path).unwrap();
}
