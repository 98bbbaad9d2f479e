//! The server's doors.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::answer::{Answer, Asked};
use super::metrics::Metrics;
use super::workers::Workers;
use super::{ServeOptions, Token};
use crate::{Diversity, Error};

/// A body that comes in slower is given up: it holds a place in the queue.
const BODY: Duration = Duration::from_secs(20);
/// When a turned-away request may come again, in seconds.
const AGAIN: &str = "1";

/// What every request needs.
#[derive(Debug)]
pub(super) struct Shared {
    pub reward: Arc<Diversity>,
    workers: Workers,
    metrics: Arc<Metrics>,
    /// Requests that may be in hand.
    places: Arc<Semaphore>,
    options: ServeOptions,
}

impl Shared {
    pub(super) fn new(reward: Arc<Diversity>, workers: Workers, metrics: Arc<Metrics>, options: ServeOptions) -> Self {
        let places = Arc::new(Semaphore::new(options.queue));
        Self { reward, workers, metrics, places, options }
    }

    pub(super) fn save(&self, path: &Path) -> Result<(), Error> {
        let saved = self.reward.save(path);
        self.metrics.snapshot(saved.is_ok());
        saved
    }

    fn lets_in(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(AUTHORIZATION).map(|value| value.as_bytes());
        self.options.token.as_ref().is_none_or(|token: &Token| token.lets_in(given))
    }
}

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/score", post(score))
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .fallback(|| async {
            refuse(StatusCode::NOT_FOUND, "there are /score, /health and /metrics, and nothing else")
        })
        .method_not_allowed_fallback(|| async {
            refuse(StatusCode::METHOD_NOT_ALLOWED, "POST to /score; GET /health and /metrics")
        })
        .with_state(shared)
}

async fn health(State(shared): State<Arc<Shared>>) -> Response {
    let body = json!({
        "status": "ok",
        "doggerel": env!("CARGO_PKG_VERSION"),
        "window": shared.reward.window_len(),
        "scored": shared.reward.scored(),
    });
    answer(StatusCode::OK, body.to_string())
}

async fn metrics(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if !shared.lets_in(&headers) {
        return unknown().into_response();
    }
    let in_hand = shared.options.queue - shared.places.available_permits();
    let page = shared.metrics.page(&shared.reward, in_hand, shared.options.queue);
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], page).into_response()
}

async fn score(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response {
    let start = Instant::now();
    let response = scored(&shared, request).await.unwrap_or_else(Refused::into_response);
    shared.metrics.answered(response.status().as_u16(), start.elapsed());
    response
}

async fn scored(shared: &Shared, request: Request<Body>) -> Result<Response, Refused> {
    if !shared.lets_in(request.headers()) {
        return Err(unknown());
    }
    let place = place(shared)?;
    let body = body(shared, request).await?;
    let asked: Asked = serde_json::from_slice(&body).map_err(|error| {
        refuse(
            StatusCode::BAD_REQUEST,
            format!("this is no request: {error}; send {{\"prompts\": […], \"texts\": […]}}"),
        )
    })?;
    drop(body);
    let (samples, sources) =
        asked.samples(shared.options.max_texts).map_err(|why| refuse(StatusCode::BAD_REQUEST, why))?;
    let rewards = shared.workers.ask(samples).ok_or_else(busy)?;
    let scored = rewards.await.map_err(|_| {
        refuse(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the server made a mistake of its own; please report it with the texts",
        )
    })?;
    drop(place);
    let body = serde_json::to_string(&Answer::new(&scored, &sources, shared.reward.window_len()));
    Ok(answer(StatusCode::OK, body.unwrap_or_default()))
}

/// A place in the queue, taken before the body is read: what is turned away costs no memory.
fn place(shared: &Shared) -> Result<OwnedSemaphorePermit, Refused> {
    Arc::clone(&shared.places).try_acquire_owned().map_err(|_| busy())
}

async fn body(shared: &Shared, request: Request<Body>) -> Result<axum::body::Bytes, Refused> {
    let most = shared.options.max_body;
    let too_large =
        || refuse(StatusCode::PAYLOAD_TOO_LARGE, format!("a request may have {most} bytes: send fewer texts at once"));
    let length = request.headers().get(CONTENT_LENGTH).and_then(|l| l.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    match timeout(BODY, to_bytes(request.into_body(), most)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(too_large()),
        Err(_) => Err(refuse(StatusCode::REQUEST_TIMEOUT, "the request came in too slowly")),
    }
}

/// Why there is no answer, in a sentence.
struct Refused {
    status: StatusCode,
    why: String,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = answer(self.status, json!({"error": self.why}).to_string());
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(AGAIN));
        }
        response
    }
}

fn refuse(status: StatusCode, why: impl Into<String>) -> Refused {
    Refused { status, why: why.into() }
}

fn busy() -> Refused {
    refuse(StatusCode::SERVICE_UNAVAILABLE, "the queue is full: come again in a second")
}

fn unknown() -> Refused {
    refuse(StatusCode::UNAUTHORIZED, "send the server's token as Authorization: Bearer TOKEN")
}

fn answer(status: StatusCode, body: String) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}
