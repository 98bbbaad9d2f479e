//! A small Parquet table: columns in, columns out. (The arrow crates would do it too, at three times the build.)

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, FloatType, Int32Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{ChunkReader, FileReader, RowGroupReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

/// One column, a value (or a list of values) a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    Text(Vec<Option<String>>),
    Int(Vec<Option<i32>>),
    Real(Vec<f32>),
    Texts(Vec<Vec<String>>),
    Reals(Vec<Vec<f32>>),
}

/// Named columns of equal length.
pub(crate) type Columns = Vec<(String, Column)>;

/// Columns, and notes about the whole file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    pub columns: Columns,
    pub notes: BTreeMap<String, String>,
}

/// Writes a file group by group, so that only one group of rows is in memory.
pub(crate) struct TableWriter<W: Write + Send>(SerializedFileWriter<W>);

/// Reads one so.
pub(crate) struct TableReader<R: ChunkReader + 'static> {
    reader: SerializedFileReader<R>,
    pub notes: BTreeMap<String, String>,
}

impl Column {
    fn declaration(&self, name: &str) -> String {
        match self {
            Self::Text(_) => format!("optional binary {name} (STRING);"),
            Self::Int(_) => format!("optional int32 {name};"),
            Self::Real(_) => format!("required float {name};"),
            Self::Texts(_) => format!("repeated binary {name} (STRING);"),
            Self::Reals(_) => format!("repeated float {name};"),
        }
    }
}

impl Table {
    /// Adds a column.
    pub fn push(&mut self, name: impl Into<String>, column: Column) {
        self.columns.push((name.into(), column));
    }

    /// Takes a column out.
    pub fn take(&mut self, name: &str) -> Option<Column> {
        let at = self.columns.iter().position(|(n, _)| n == name)?;
        Some(self.columns.swap_remove(at).1)
    }
}

impl<W: Write + Send> TableWriter<W> {
    /// A file of columns like these, compressed at this level of Zstandard.
    pub(crate) fn new(out: W, like: &Columns, level: i32) -> Result<Self> {
        let fields: String = like.iter().map(|(name, c)| c.declaration(name)).collect();
        let schema = Arc::new(parse_message_type(&format!("message readings {{ {fields} }}"))?);
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(level)?))
            .set_created_by(concat!("doggerel ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        Ok(Self(SerializedFileWriter::new(out, schema, Arc::new(properties))?))
    }

    pub(crate) fn group(&mut self, columns: &Columns) -> Result<()> {
        let mut group = self.0.next_row_group()?;
        for (_, column) in columns {
            let mut to = group.next_column()?.ok_or_else(|| ParquetError::General("a column too many".into()))?;
            match column {
                Column::Text(v) => {
                    let (values, levels) = optional(v, |s| ByteArray::from(s.as_str()));
                    to.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
                }
                Column::Int(v) => {
                    let (values, levels) = optional(v, |i| *i);
                    to.typed::<Int32Type>().write_batch(&values, Some(&levels), None)?;
                }
                Column::Real(v) => {
                    to.typed::<FloatType>().write_batch(v, None, None)?;
                }
                Column::Texts(v) => {
                    let (values, present, repeated) = lists(v, |s| ByteArray::from(s.as_str()));
                    to.typed::<ByteArrayType>().write_batch(&values, Some(&present), Some(&repeated))?;
                }
                Column::Reals(v) => {
                    let (values, present, repeated) = lists(v, |x| *x);
                    to.typed::<FloatType>().write_batch(&values, Some(&present), Some(&repeated))?;
                }
            }
            to.close()?;
        }
        group.close()?;
        Ok(())
    }

    pub(crate) fn finish(mut self, notes: &BTreeMap<String, String>) -> Result<W> {
        notes.iter().for_each(|(k, v)| self.0.append_key_value_metadata(KeyValue::new(k.clone(), v.clone())));
        self.0.into_inner()
    }
}

impl<R: ChunkReader + 'static> TableReader<R> {
    pub(crate) fn new(source: R) -> Result<Self> {
        let reader = SerializedFileReader::new(source)?;
        let notes = reader
            .metadata()
            .file_metadata()
            .key_value_metadata()
            .into_iter()
            .flatten()
            .map(|kv| (kv.key.clone(), kv.value.clone().unwrap_or_default()))
            .collect();
        Ok(Self { reader, notes })
    }

    pub(crate) fn groups(&self) -> usize {
        self.reader.num_row_groups()
    }

    /// The columns of one group of rows that are of our sorts.
    pub(crate) fn group(&self, at: usize) -> Result<Table> {
        let group = self.reader.get_row_group(at)?;
        let schema = self.reader.metadata().file_metadata().schema_descr_ptr();
        let mut table = Table { columns: Vec::new(), notes: self.notes.clone() };
        for (i, description) in schema.columns().iter().enumerate() {
            if let Some(column) = read_column(group.as_ref(), i, description)? {
                table.push(description.name(), column);
            }
        }
        Ok(table)
    }
}

/// The values present, and for every row whether it has one.
fn optional<T, U>(rows: &[Option<T>], value: impl Fn(&T) -> U) -> (Vec<U>, Vec<i16>) {
    let levels = rows.iter().map(|r| i16::from(r.is_some())).collect();
    (rows.iter().flatten().map(value).collect(), levels)
}

/// Values, definition levels (0 for an empty list) and repetition levels (0 at the first of a row).
fn lists<T, U>(rows: &[Vec<T>], value: impl Fn(&T) -> U) -> (Vec<U>, Vec<i16>, Vec<i16>) {
    let (mut present, mut repeated) = (Vec::new(), Vec::new());
    for row in rows {
        present.extend((0..row.len().max(1)).map(|_| i16::from(!row.is_empty())));
        repeated.extend((0..row.len().max(1)).map(|i| i16::from(i > 0)));
    }
    (rows.iter().flatten().map(value).collect(), present, repeated)
}

/// A column of one of our five sorts; None for any other.
fn read_column(
    group: &dyn RowGroupReader,
    i: usize,
    description: &parquet::schema::types::ColumnDescriptor,
) -> Result<Option<Column>> {
    use parquet::basic::Type;
    let repeated = description.max_rep_level() > 0;
    let text = |b: &ByteArray| String::from_utf8_lossy(b.data()).into_owned();
    Ok(match (description.physical_type(), repeated) {
        (Type::BYTE_ARRAY, false) => {
            Some(Column::Text(rows::<ByteArrayType, _>(group, i, text)?.into_iter().map(|mut r| r.pop()).collect()))
        }
        (Type::BYTE_ARRAY, true) => Some(Column::Texts(rows::<ByteArrayType, _>(group, i, text)?)),
        (Type::INT32, false) => {
            Some(Column::Int(rows::<Int32Type, _>(group, i, |x| *x)?.into_iter().map(|mut r| r.pop()).collect()))
        }
        (Type::FLOAT, false) if description.max_def_level() == 0 => Some(Column::Real(reals(group, i)?)),
        (Type::FLOAT, false) => Some(Column::Real(
            rows::<FloatType, _>(group, i, |x| *x)?.into_iter().map(|r| r.first().copied().unwrap_or(0.0)).collect(),
        )),
        (Type::FLOAT, true) => Some(Column::Reals(rows::<FloatType, _>(group, i, |x| *x)?)),
        _ => None,
    })
}

/// A column of numbers that no row lacks: a hundred of these make an atlas, so they are read without lists.
fn reals(group: &dyn RowGroupReader, i: usize) -> Result<Vec<f32>> {
    let mut out = Vec::new();
    let most = group.metadata().num_rows() as usize;
    let mut column = get_typed_column_reader::<FloatType>(group.get_column_reader(i)?);
    column.read_records(most, None, None, &mut out)?;
    Ok(out)
}

/// The values of every row of a column.
fn rows<T: DataType, U>(group: &dyn RowGroupReader, i: usize, value: impl Fn(&T::T) -> U) -> Result<Vec<Vec<U>>> {
    let most = group.metadata().num_rows() as usize;
    let (max_def, max_rep) = {
        let c = group.metadata().column(i).column_descr();
        (c.max_def_level(), c.max_rep_level())
    };
    let mut column = get_typed_column_reader::<T>(group.get_column_reader(i)?);
    let (mut values, mut defined, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
    column.read_records(most, Some(&mut defined), Some(&mut repeated), &mut values)?;
    let mut values = values.iter();
    if max_def == 0 {
        return Ok(values.map(|v| vec![value(v)]).collect());
    }
    let mut out = Vec::new();
    for (k, d) in defined.iter().enumerate() {
        if max_rep == 0 || repeated[k] == 0 {
            out.push(Vec::new());
        }
        if let (true, Some(row)) = (*d == max_def, out.last_mut()) {
            let v = values.next().ok_or_else(|| ParquetError::General("fewer values than levels".into()))?;
            row.push(value(v));
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn every_sort_of_column_comes_back() {
        let mut table = Table::default();
        table.push("id", Column::Text(vec![Some("a".into()), None, Some("ü \"c\"".into())]));
        table.push("year", Column::Int(vec![None, Some(-40), Some(1855)]));
        table.push("form.x", Column::Real(vec![0.1, f32::MAX, -0.0]));
        table.push("pairs", Column::Texts(vec![vec![], vec!["a b".into(), String::new()], vec!["c".into()]]));
        table.push("content", Column::Reals(vec![vec![1.0, 2.0], vec![], vec![3.0]]));
        table.notes.insert("made by".into(), "hand".into());
        let mut writer = TableWriter::new(Vec::new(), &table.columns, 3).expect("opens");
        writer.group(&table.columns).expect("writes");
        writer.group(&table.columns).expect("writes");
        let reader = TableReader::new(Bytes::from(writer.finish(&table.notes).expect("closes"))).expect("reads");
        assert_eq!(reader.groups(), 2);
        for group in 0..2 {
            let mut back = reader.group(group).expect("reads");
            back.notes.retain(|k, _| k == "made by");
            assert_eq!(back, table);
        }
    }
}
