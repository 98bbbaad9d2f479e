//! Answers as other programs read them.

use std::io::{self, Read, Write};
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::request::{Format, Message};
use crate::run::store::{Place, Run, Saved};

/// Rows of a group in Parquet.
const GROUP: usize = 10_000;

/// A column has one type in every file, whatever its values are.
#[derive(Clone, Copy, PartialEq)]
enum Type {
    Text,
    Count,
    Real,
}

/// The columns of a table, in order. Labels stand together, as JSON, since every suite has its own.
const COLUMNS: [(&str, Type); 21] = [
    ("id", Type::Text),
    ("prompt", Type::Text),
    ("text", Type::Text),
    ("model", Type::Text),
    ("suite", Type::Text),
    ("case", Type::Text),
    ("turn", Type::Count),
    ("finish_reason", Type::Text),
    ("prompt_format", Type::Text),
    ("temperature", Type::Real),
    ("top_p", Type::Real),
    ("min_p", Type::Real),
    ("max_tokens", Type::Count),
    ("seed", Type::Count),
    ("tokens_in", Type::Count),
    ("tokens_out", Type::Count),
    ("cost", Type::Real),
    ("latency_ms", Type::Count),
    ("attempts", Type::Count),
    ("answered_by", Type::Text),
    ("labels", Type::Text),
];

/// How answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Export {
    /// One JSON object a line.
    Jsonl,
    /// Rows under a header, quoted as in RFC 4180.
    Csv,
    Parquet,
}

impl Export {
    /// By the extension of a file's name; JSONL where it has none that is known.
    pub fn of_name(name: &str) -> Option<Export> {
        match name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).as_deref() {
            Some("jsonl" | "ndjson") => Some(Export::Jsonl),
            Some("csv") => Some(Export::Csv),
            Some("parquet") => Some(Export::Parquet),
            _ => None,
        }
    }

    /// Writes every answer of a run, one a line or row, and says how many there were.
    ///
    /// # Errors
    /// If the run cannot be read or `out` not written.
    pub fn write(self, run: &Run, out: &mut (dyn Write + Send)) -> Result<usize, Error> {
        match self {
            Export::Jsonl => {
                let mut n = 0;
                for saved in run.answers() {
                    writeln!(out, "{}", record(run, &saved?)?)?;
                    n += 1;
                }
                Ok(n)
            }
            Export::Csv => csv(run, out),
            Export::Parquet => parquet(run, out),
        }
    }
}

/// The JSON object of an answer: its cells, the labels of the suite beside them, and the conversation if there was one.
fn record(run: &Run, saved: &Saved) -> Result<Value, Error> {
    let mut object = Map::new();
    for ((name, _), value) in COLUMNS.iter().zip(cells(run, saved)) {
        if !value.is_null() && *name != "labels" {
            object.insert(name.to_string(), value);
        }
    }
    for (name, value) in &saved.labels {
        if !object.contains_key(name) {
            object.insert(name.clone(), value.clone());
        }
    }
    let conversation: Vec<Message> = run.conversation(saved)?;
    if conversation.len() > 1 {
        object.insert("conversation".into(), json!(conversation));
    }
    if let Some(logprobs) = &saved.answer.logprobs {
        object.insert("logprobs".into(), json!(logprobs));
    }
    Ok(Value::Object(object))
}

fn cells(run: &Run, saved: &Saved) -> [Value; COLUMNS.len()] {
    let Saved { case, turn, prompt, asked, settings, labels, answer } = saved;
    let id = if *turn == 0 { case.clone() } else { format!("{case}#{turn}") };
    let format = match settings.format {
        Format::Chat => "chat",
        Format::Raw => "raw",
    };
    [
        json!(id),
        json!(asked.as_deref().unwrap_or(prompt.last())),
        json!(answer.text),
        json!(run.model()),
        json!(run.suite()),
        json!(case),
        json!(turn),
        json!(answer.finish.word()),
        json!(format),
        json!(settings.temperature),
        json!(settings.top_p),
        json!(settings.min_p),
        json!(settings.max_tokens),
        json!(settings.seed),
        json!(answer.tokens_in),
        json!(answer.tokens_out),
        json!(answer.cost),
        json!(answer.latency.as_millis() as u64),
        json!(answer.attempts),
        json!(answer.model),
        if labels.is_empty() { Value::Null } else { json!(Value::from(labels.clone()).to_string()) },
    ]
}

fn csv(run: &Run, out: &mut (dyn Write + Send)) -> Result<usize, Error> {
    let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    write!(out, "{}\r\n", names.join(","))?;
    let mut n = 0;
    for saved in run.answers() {
        let row: Vec<String> = cells(run, &saved?).iter().map(quoted).collect();
        write!(out, "{}\r\n", row.join(","))?;
        n += 1;
    }
    Ok(n)
}

fn quoted(cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::String(text) => {
            let guard = if is_formula(text) { "'" } else { "" };
            format!("\"{guard}{}\"", text.replace('"', "\"\""))
        }
        other => other.to_string(),
    }
}

/// Whether a spreadsheet would compute this cell in place of showing it. A line that begins with a dash and a space is
/// speech or a list.
fn is_formula(text: &str) -> bool {
    let mut chars = text.chars();
    match chars.next() {
        Some('=' | '+' | '@' | '\t' | '\r') => true,
        Some('-') => chars.next().is_some_and(|c| !c.is_whitespace() && c != '-'),
        _ => false,
    }
}

fn parquet(run: &Run, out: &mut (dyn Write + Send)) -> Result<usize, Error> {
    let failed = |error: ParquetError| match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(error) => Error::Write(*error),
            Err(other) => Error::Table(other.to_string()),
        },
        other => Error::Table(other.to_string()),
    };
    let mut writer = begin(out).map_err(failed)?;
    let mut answers = run.answers();
    let mut n = 0;
    loop {
        let rows: Vec<_> =
            answers.by_ref().take(GROUP).map(|saved| Ok(cells(run, &saved?))).collect::<Result<_, Error>>()?;
        if rows.is_empty() {
            break;
        }
        n += rows.len();
        group(&mut writer, &rows).map_err(failed)?;
    }
    writer.close().map_err(failed)?;
    Ok(n)
}

type Writer<'a> = SerializedFileWriter<&'a mut (dyn Write + Send)>;

fn begin<'a>(out: &'a mut (dyn Write + Send)) -> Result<Writer<'a>, ParquetError> {
    let column = |(name, kind): &(&str, Type)| match kind {
        Type::Text => format!("optional binary {name} (STRING);"),
        Type::Count => format!("optional int64 {name};"),
        Type::Real => format!("optional double {name};"),
    };
    let columns: String = COLUMNS.iter().map(column).collect();
    let schema = Arc::new(parse_message_type(&format!("message answers {{ {columns} }}"))?);
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by(concat!("doggerel ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    SerializedFileWriter::new(out, schema, Arc::new(properties))
}

fn group(writer: &mut Writer, rows: &[[Value; COLUMNS.len()]]) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for (at, (_, kind)) in COLUMNS.iter().enumerate() {
        let cells = || rows.iter().map(|row| &row[at]);
        let levels: Vec<i16> = cells().map(|cell| i16::from(!cell.is_null())).collect();
        let mut column = group.next_column()?.ok_or_else(|| ParquetError::General("a column too many".into()))?;
        match kind {
            Type::Text => {
                let values: Vec<ByteArray> = cells().filter_map(Value::as_str).map(ByteArray::from).collect();
                column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
            }
            Type::Count => {
                let values: Vec<i64> = cells().filter_map(Value::as_i64).collect();
                column.typed::<Int64Type>().write_batch(&values, Some(&levels), None)?;
            }
            Type::Real => {
                let values: Vec<f64> = cells().filter_map(Value::as_f64).collect();
                column.typed::<DoubleType>().write_batch(&values, Some(&levels), None)?;
            }
        }
        column.close()?;
    }
    group.close()?;
    Ok(())
}

/// The answers of a run as texts, to be measured like any other source.
///
/// # Errors
/// If it has no answers.
pub fn texts(run: Run, options: &corpus::Options) -> Result<corpus::Texts, Error> {
    let name = run.path().display().to_string();
    let given = &options.fields;
    let field = |given: &Option<String>, ours: &str| Some(given.clone().unwrap_or_else(|| ours.to_string()));
    let fields = corpus::Fields {
        text: field(&given.text, "text"),
        prompt: field(&given.prompt, "prompt"),
        id: field(&given.id, "id"),
        model: field(&given.model, "model"),
    };
    let options = corpus::Options { fields, format: Some(corpus::Format::Jsonl), ..options.clone() };
    let lines = Lines { run, after: Some((-1, -1)), buffer: Vec::new(), at: 0 };
    Ok(corpus::from_reader(lines, &name, &options)?)
}

/// A run as JSONL, a page at a time.
struct Lines {
    run: Run,
    after: Option<Place>,
    buffer: Vec<u8>,
    at: usize,
}

impl Lines {
    fn fill(&mut self) -> Result<(), Error> {
        self.buffer.clear();
        self.at = 0;
        while let Some(after) = self.after.take().filter(|_| self.buffer.is_empty()) {
            let (page, last) = self.run.page(after)?;
            for saved in &page {
                // Megabytes that no measure reads.
                let mut record = record(&self.run, saved)?;
                if let Some(object) = record.as_object_mut() {
                    object.remove("logprobs");
                    object.remove("conversation");
                }
                writeln!(self.buffer, "{record}")?;
            }
            self.after = last;
        }
        Ok(())
    }
}

impl Read for Lines {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.at == self.buffer.len() {
            self.fill().map_err(io::Error::other)?;
        }
        let n = to.len().min(self.buffer.len() - self.at);
        to[..n].copy_from_slice(&self.buffer[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_compute_is_held_back() {
        for bad in ["=HYPERLINK(\"x\")", "+1", "@SUM(A1)", "-1+1", "-cmd|' /C calc'!A0", "\tx"] {
            assert!(quoted(&json!(bad)).starts_with("\"'"), "{bad}");
        }
        for good in ["- a line of speech", "-- a dash", "A poem = a line", ""] {
            assert_eq!(quoted(&json!(good)), format!("\"{good}\""));
        }
        assert_eq!(quoted(&json!(-1.5)), "-1.5");
    }
}
