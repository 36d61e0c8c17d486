//! Mail over a real SMTP exchange on loopback, and into a folder.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::*;

/// What a server heard.
#[derive(Debug, Default, Clone)]
struct Heard {
    commands: Vec<String>,
    data: String,
}

/// A mail server for one connection. It answers the recipient with `to_recipient`, and speaks
/// enough of RFC 5321 for the rest.
async fn server(to_recipient: &'static str) -> (u16, JoinHandle<()>, Arc<Mutex<Heard>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard: Arc<Mutex<Heard>> = Arc::default();
    let ours = heard.clone();
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        serve(stream, to_recipient, &ours).await;
    });
    (port, task, heard)
}

async fn serve(stream: TcpStream, to_recipient: &str, heard: &Mutex<Heard>) {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let mut say =
        async |text: &str| writer.write_all(format!("{text}\r\n").as_bytes()).await.unwrap();
    say("220 mail.example ESMTP").await;
    while let Some(line) = lines.next_line().await.unwrap() {
        heard.lock().unwrap().commands.push(line.clone());
        match line.split([' ', ':']).next().unwrap().to_ascii_uppercase().as_str() {
            "EHLO" => say("250-mail.example\r\n250-AUTH PLAIN\r\n250 8BITMIME").await,
            "AUTH" => say("235 2.7.0 welcome").await,
            "RCPT" => say(to_recipient).await,
            "DATA" => {
                say("354 go on").await;
                while let Some(line) = lines.next_line().await.unwrap().filter(|line| line != ".") {
                    // A leading dot is doubled on the wire (RFC 5321, 4.5.2).
                    let line = line.strip_prefix('.').unwrap_or(&line);
                    heard.lock().unwrap().data += &format!("{line}\n");
                }
                say("250 2.0.0 queued").await;
            }
            "QUIT" => return say("221 bye").await,
            _ => say("250 ok").await,
        }
    }
}

fn sink(port: u16) -> MailSink {
    let credentials = SmtpCredentials { user: "trunk".to_owned(), password: "s3cret".to_owned() };
    MailSink::Smtp(Box::new(SmtpConfig {
        host: "127.0.0.1".to_owned(),
        port,
        security: SmtpSecurity::None,
        credentials: Some(credentials),
        hello_name: "billing.partner.example".to_owned(),
        timeout_seconds: 5,
    }))
}

fn mail() -> MailMessage {
    MailMessage {
        mail_id: "eml_01".to_owned(),
        from: mailbox("Zoë \"Voice\", Inc.", "support@partner.example").unwrap(),
        to: "books@tenant.example".to_owned(),
        subject: "Invoice INV-000123\r\nBcc: thief@example.com".to_owned(),
        body: "Hello,\n.a line that begins with a dot\nZoë".to_owned(),
        attachment: Some(("INV-000123.pdf".to_owned(), b"%PDF-1.7 \xff\x00 end".to_vec())),
        written_at: Timestamp::parse("2026-06-01T05:00:00Z").unwrap(),
    }
}

// INV-16 one mail, to the billing address, from the brand
#[tokio::test]
async fn a_mail_server_gets_envelope_headers_text_and_attachment() {
    let (port, task, heard) = server("250 ok").await;
    sink(port).deliver(&mail()).await.unwrap();
    task.await.unwrap();
    let Heard { commands, data } = heard.lock().unwrap().clone();
    assert_eq!(commands[0], "EHLO billing.partner.example");
    assert!(
        commands.iter().any(|line| line == "MAIL FROM:<support@partner.example> BODY=8BITMIME"
            || line == "MAIL FROM:<support@partner.example>"),
        "{commands:?}"
    );
    let recipients: Vec<_> = commands.iter().filter(|line| line.starts_with("RCPT")).collect();
    assert_eq!(recipients, ["RCPT TO:<books@tenant.example>"]);
    for header in [
        "Message-ID: <eml_01@partner.example>\n",
        "Date: Mon, 01 Jun 2026 05:00:00 +0000\n",
        "To: books@tenant.example\n",
        "Subject: Invoice INV-000123  Bcc: thief@example.com\n",
        "Content-Type: application/pdf\n",
        "filename=\"INV-000123.pdf\"",
    ] {
        assert!(data.contains(header), "{header:?} in {data}");
    }
    assert!(!data.contains("\nBcc:"), "{data}");
    assert!(data.contains("JVBERi0xLjcg/wAgZW5k"), "the attachment in base 64: {data}");
    assert!(data.contains("\n.a line"), "{data}");
}

#[tokio::test]
async fn a_4xx_is_tried_again_and_a_5xx_is_not() {
    for (answer, is_final) in [("451 greylisted", false), ("550 no such user", true)] {
        let (port, task, heard) = server(answer).await;
        let error = sink(port).deliver(&mail()).await.unwrap_err();
        task.abort();
        assert_eq!(matches!(error, MailError::GiveUp(_)), is_final, "{error}");
        assert!(error.to_string().contains(&answer[4..]), "{error}");
        assert_eq!(heard.lock().unwrap().data, "");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_again() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = sink(port).deliver(&mail()).await.unwrap_err();
    assert!(matches!(error, MailError::Retry(_)), "{error}");
    let shown = format!("{:?} {error}", sink(port));
    assert!(!shown.contains("s3cret") && !shown.contains("trunk"), "{shown}");
}

#[tokio::test]
async fn the_same_mail_is_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let sink = MailSink::Folder(folder.path().join("mails"));
    sink.deliver(&mail()).await.unwrap();
    let path = folder.path().join("mails/eml_01.eml");
    let first = std::fs::read(&path).unwrap();
    sink.deliver(&mail()).await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), first);
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

#[tokio::test]
async fn what_is_no_address_is_given_up() {
    let sink = MailSink::default();
    for (from, to) in [("support@partner.example", "nobody"), ("", "a@b.example")] {
        let bad = MailMessage { from: from.to_owned(), to: to.to_owned(), ..mail() };
        let error = sink.deliver(&bad).await.unwrap_err();
        assert!(matches!(error, MailError::GiveUp(_)), "{error}");
    }
    let outside = MailMessage { mail_id: "../../x".to_owned(), ..mail() };
    assert!(MailSink::Folder("mails".into()).deliver(&outside).await.is_err());
    assert_eq!(sink.kept(), []);
    assert!(mailbox("Brand", "").is_err());
}
