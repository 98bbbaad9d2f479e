//! JSON to a server and JSON back, whatever the server does.

use std::time::{Duration, Instant, SystemTime};

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Response, StatusCode, Url, redirect};
use serde_json::Value;
use tokio::sync::watch;

use crate::error::Error;
use crate::gate::Gate;
use crate::model::{Connection, ModelError, Reason};
use crate::retry;
use crate::secret::Secret;

/// Bytes that an answer may have: some thousand times a long story.
const MAX_BODY: usize = 16 << 20;
/// Characters of a server's own words that are kept of an error.
const QUOTED: usize = 300;

/// A server that is asked.
pub(super) struct Http {
    client: reqwest::Client,
    headers: HeaderMap,
    secret: Option<Secret>,
    gate: Gate,
    attempts: u32,
    first_pause: Duration,
    stopped: watch::Sender<bool>,
}

/// What an exchange took.
pub(super) struct Exchange {
    pub latency: Duration,
    pub attempts: u32,
}

impl Http {
    /// `headers` are sent with every request, the key among them.
    pub fn new(
        address: &Url,
        key: Option<(HeaderName, &str, Secret)>,
        mut headers: HeaderMap,
        connection: &Connection,
    ) -> Result<Http, Error> {
        let secret = match key {
            None => None,
            Some((name, before, secret)) => {
                let mut value =
                    HeaderValue::try_from(format!("{before}{}", secret.expose())).map_err(|_| Error::Key)?;
                value.set_sensitive(true);
                headers.insert(name, value);
                Some(secret)
            }
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // Another crate may have installed a provider of its own, which then serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = reqwest::Client::builder()
            .user_agent(concat!("doggerel/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(connection.timeout.min(Duration::from_secs(20)))
            .timeout(connection.timeout)
            // A key follows nobody elsewhere.
            .redirect(redirect::Policy::none())
            // Whatever is asked again is asked again here, where it is counted.
            .retry(reqwest::retry::never());
        if address.scheme() == "http" {
            // Certificates are of no use, and some machines have none.
            client = client.tls_certs_only([]);
        }
        if is_local(address) {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|error| Error::Client(causes(&error)))?;
        let gate = Gate::new(connection.rpm, connection.tpm);
        Ok(Http {
            client,
            headers,
            secret,
            gate,
            attempts: connection.attempts.max(1),
            first_pause: connection.first_pause,
            stopped: watch::Sender::new(false),
        })
    }

    /// Posts `body` until `read` makes something of an answer, the failure will not pass, or it was tried often enough.
    /// `tokens` are reserved of the token limit; `used` says what an answer took of them; `salt` varies the pauses.
    pub async fn post<T>(
        &self,
        url: &Url,
        body: &Value,
        tokens: u64,
        salt: u64,
        read: impl Fn(Value) -> Result<T, ModelError>,
        used: impl Fn(&T) -> Option<u64>,
    ) -> Result<(T, Exchange), ModelError> {
        let body = body.to_string();
        let mut attempts = 1;
        loop {
            self.unless_stopped(self.gate.admit(tokens)).await?;
            let begun = Instant::now();
            match self.once(url, &body).await.and_then(&read) {
                Ok(read) => {
                    self.gate.settle(tokens, used(&read).unwrap_or(tokens));
                    return Ok((read, Exchange { latency: begun.elapsed(), attempts }));
                }
                Err(error) => {
                    let again = error.reason.is_passing() && attempts < self.attempts;
                    let pause = retry::pause(self.first_pause, attempts, error.retry_after, salt).filter(|_| again);
                    if let Some(wished) = error.retry_after.filter(|wished| *wished <= retry::PATIENCE) {
                        self.gate.hold(wished);
                    }
                    match pause {
                        None => return Err(ModelError { attempts, ..error }),
                        Some(pause) => self.unless_stopped(tokio::time::sleep(pause)).await?,
                    }
                    attempts += 1;
                }
            }
        }
    }

    /// Sends nothing more, and ends whatever waits for its turn.
    pub fn stop(&self) {
        self.stopped.send_replace(true);
    }

    async fn unless_stopped(&self, waiting: impl Future<Output = ()>) -> Result<(), ModelError> {
        let mut stopped = self.stopped.subscribe();
        tokio::select! {
            biased;
            _ = stopped.wait_for(|stopped| *stopped) => Err(ModelError::new(Reason::Stopped, "the run was ended")),
            () = waiting => Ok(()),
        }
    }

    async fn once(&self, url: &Url, body: &str) -> Result<Value, ModelError> {
        let request = self.client.post(url.clone()).headers(self.headers.clone()).body(body.to_string());
        let response = request.send().await.map_err(|error| lost(&error, Reason::Connection))?;
        let status = response.status();
        let wished = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = wished.and_then(|value| retry::retry_after(value, SystemTime::now()));
        let body = match whole(response).await {
            // A refusal is clear from its status, even if its words do not come.
            Err(_) if !status.is_success() => Vec::new(),
            other => other?,
        };
        if status.is_success() {
            let mut value: Value = serde_json::from_slice(&body).map_err(|error| self.not_json(&error, &body))?;
            if let Some(secret) = &self.secret {
                secret.hide_in_json(&mut value);
            }
            return Ok(value);
        }
        let said = self.quoted(&body);
        let message = if said.is_empty() { status.to_string() } else { format!("{status}: {said}") };
        let status_code = Some(status.as_u16());
        Err(ModelError { status: status_code, retry_after, ..ModelError::new(reason(status), message) })
    }

    fn not_json(&self, error: &serde_json::Error, body: &[u8]) -> ModelError {
        if error.is_eof() && !body.trim_ascii().is_empty() {
            return ModelError::new(Reason::CutOff, format!("the JSON ends after {} bytes", body.len()));
        }
        ModelError::new(Reason::Garbage, format!("not JSON but “{}”", self.quoted(body)))
    }

    /// A server's words: those of its error object, or the first of whatever it sent; short, clean and without the key.
    fn quoted(&self, body: &[u8]) -> String {
        let mut said = match serde_json::from_slice::<Value>(body) {
            Ok(value) => words_of_error(&value),
            // Cut before the key is looked for, a part of it might remain.
            Err(_) => String::from_utf8_lossy(body).into_owned(),
        };
        if let Some(secret) = &self.secret {
            secret.hide_in(&mut said);
        }
        short(&said)
    }
}

/// A number of tokens, unless it is one that no answer has.
pub(super) fn count(value: &Value) -> Option<u64> {
    const MOST: u64 = 1 << 40;
    value.as_u64().filter(|n| *n <= MOST)
}

/// The words in an error document of any provider.
pub(super) fn words_of_error(value: &Value) -> String {
    let error = value.get("error").unwrap_or(value);
    let said = [error.get("message"), error.get("detail"), value.get("message"), value.get("detail"), Some(error)];
    match said.into_iter().flatten().find(|said| !said.is_null()) {
        Some(Value::String(words)) => words.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// On one line, without what would move a cursor, and not too long.
pub(super) fn short(said: &str) -> String {
    let clean = corpus::sanitize(said);
    let line = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(QUOTED) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// The whole body, unless it is longer than any answer.
async fn whole(mut response: Response) -> Result<Vec<u8>, ModelError> {
    let too_large = || ModelError::new(Reason::TooLarge, format!("more than {} MB", MAX_BODY >> 20));
    if response.content_length().is_some_and(|n| n > MAX_BODY as u64) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| lost(&error, Reason::CutOff))? {
        if body.len() + part.len() > MAX_BODY {
            return Err(too_large());
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

fn lost(error: &reqwest::Error, otherwise: Reason) -> ModelError {
    if error.is_timeout() {
        return ModelError::new(Reason::Timeout, "no whole answer in the time given");
    }
    ModelError::new(otherwise, causes(error))
}

/// The innermost cause: the outer ones name the address, which may hold a password.
fn causes(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    short(&inner.to_string())
}

fn reason(status: StatusCode) -> Reason {
    match status.as_u16() {
        429 => Reason::RateLimited,
        408 => Reason::Timeout,
        401..=403 => Reason::Denied,
        404 => Reason::NotFound,
        500.. => Reason::Server,
        _ => Reason::Rejected,
    }
}

/// A loopback address: nobody wants a proxy in between.
fn is_local(address: &Url) -> bool {
    match address.host_str() {
        Some("localhost") => true,
        Some(host) => {
            host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        None => false,
    }
}
