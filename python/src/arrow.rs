//! Arrow tables in and out, by the C data interface: no library of Python's is needed for it.

use std::sync::Arc;

use arrow_array::builder::{Float32Builder, ListBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Int32Type};
use arrow_array::{Array, ArrayRef, Float32Array, Int32Array, ListArray, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use gather::{Error, Gathered};
use measure::{Column, Contents, Samples, Table};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use pyo3_arrow::PyTable;
use pyo3_arrow::input::AnyRecordBatch;
use serde_json::Value;

use crate::census::{CensusPart, count_values};
use crate::failure::{mistake, of};
use crate::readings::{How, Readings, read_values};
use crate::work::run;

/// A table, a batch or a stream of them: rows are records, or they are readings that `ArrowReadings` exported.
#[pyfunction]
pub fn read_arrow(py: Python<'_>, table: AnyRecordBatch, name: String, how: How) -> PyResult<Readings> {
    let schema = table.schema()?;
    let reader = table.into_reader()?;
    let batches = py.detach(|| reader.collect::<Result<Vec<RecordBatch>, _>>()).map_err(mistake)?;
    if schema.metadata().contains_key("features") || schema.metadata().contains_key("prose_features") {
        return run(py, how.threads, move |watching| {
            let stored = measure::from_table(&name, columns(&schema, &batches)?)?;
            let samples = Samples { name, readings: stored.readings, skipped: Vec::new() };
            Ok(Readings::new(Gathered { samples, ..Gathered::default() }, watching))
        });
    }
    let values = py.detach(|| records(&batches)).map_err(of)?;
    read_values(py, values, name, how)
}

/// The verse in a table, a batch or a stream of them, whose rows are records.
#[pyfunction]
pub fn count_arrow(py: Python<'_>, table: AnyRecordBatch, name: String, how: How) -> PyResult<CensusPart> {
    let reader = table.into_reader()?;
    let batches = py.detach(|| reader.collect::<Result<Vec<RecordBatch>, _>>()).map_err(mistake)?;
    let values = py.detach(|| records(&batches)).map_err(of)?;
    count_values(py, values, name, how)
}

/// Rows as records, without the fields that are null there.
fn records(batches: &[RecordBatch]) -> Result<Vec<Value>, Error> {
    let mut writer = arrow_json::LineDelimitedWriter::new(Vec::new());
    for batch in batches {
        writer.write(batch).map_err(|error| Error::input(format!("a column of a type that is not read: {error}")))?;
    }
    writer.finish().map_err(Error::failed)?;
    let lines = writer.into_inner();
    lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).map_err(Error::failed))
        .collect()
}

/// Readings as Arrow: `pyarrow.table(…)`, `polars.DataFrame(…)` and the like take it.
#[pyclass(frozen, module = "doggerel._native")]
pub struct ArrowReadings {
    batch: RecordBatch,
}

#[pymethods]
impl ArrowReadings {
    #[new]
    fn new(py: Python<'_>, readings: &Bound<'_, Readings>) -> PyResult<Self> {
        let gathered = Arc::clone(&readings.get().gathered);
        let batch = py.detach(|| batch(&gathered)).map_err(mistake)?;
        Ok(Self { batch })
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let table = PyTable::try_new(vec![self.batch.clone()], self.batch.schema())?;
        Bound::new(py, table)?.call_method1("__arrow_c_stream__", (requested_schema,))
    }

    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }
}

fn batch(gathered: &Gathered) -> Result<RecordBatch, arrow_schema::ArrowError> {
    let given = Value::from_iter(gathered.given.clone()).to_string();
    let notes = [("name", gathered.samples.name.clone()), (gather::SETTINGS_NOTE, given)];
    let table = measure::to_table(&gathered.samples.readings, Contents::Everything, &notes);
    let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = table
        .columns
        .into_iter()
        .map(|(name, column)| {
            let nullable = matches!(column, Column::Text(_) | Column::Int(_));
            let array = array(column);
            (Field::new(name, array.data_type().clone(), nullable), array)
        })
        .unzip();
    let schema = Schema::new(fields).with_metadata(table.notes.into_iter().collect());
    RecordBatch::try_new(Arc::new(schema), arrays)
}

fn array(column: Column) -> ArrayRef {
    match column {
        Column::Text(v) => Arc::new(StringArray::from(v)),
        Column::Int(v) => Arc::new(Int32Array::from(v)),
        Column::Real(v) => Arc::new(Float32Array::from(v)),
        Column::Texts(v) => {
            let mut lists = ListBuilder::new(StringBuilder::new());
            for row in v {
                row.iter().for_each(|text| lists.values().append_value(text));
                lists.append(true);
            }
            Arc::new(lists.finish())
        }
        Column::Reals(v) => {
            let mut lists = ListBuilder::new(Float32Builder::new());
            for row in v {
                lists.values().append_slice(&row);
                lists.append(true);
            }
            Arc::new(lists.finish())
        }
    }
}

/// The columns that `batch` wrote; others are left out.
fn columns(schema: &SchemaRef, batches: &[RecordBatch]) -> Result<Table, Error> {
    let mut table = Table { notes: schema.metadata().clone().into_iter().collect(), ..Table::default() };
    for (i, field) in schema.fields().iter().enumerate() {
        let parts: Vec<&ArrayRef> = batches.iter().map(|batch| batch.column(i)).collect();
        let column = match field.data_type() {
            DataType::Utf8 => Some(Column::Text(parts.iter().flat_map(|a| texts(a)).collect())),
            DataType::Int32 => {
                Some(Column::Int(parts.iter().flat_map(|a| a.as_primitive::<Int32Type>().iter()).collect()))
            }
            DataType::Float32 => {
                let values = parts.iter().flat_map(|a| a.as_primitive::<Float32Type>().iter());
                Some(Column::Real(values.map(|x| x.unwrap_or(f32::NAN)).collect()))
            }
            DataType::List(item) => list_column(item.data_type(), &parts),
            _ => None,
        };
        if let Some(column) = column {
            table.push(field.name(), column);
        }
    }
    Ok(table)
}

fn texts(array: &ArrayRef) -> Vec<Option<String>> {
    array.as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect()
}

fn list_column(item: &DataType, parts: &[&ArrayRef]) -> Option<Column> {
    let lists = || parts.iter().map(|part| part.as_list::<i32>()).flat_map(ListArray::iter);
    match item {
        DataType::Utf8 => {
            let row =
                |list: Option<ArrayRef>| list.map(|l| texts(&l).into_iter().flatten().collect()).unwrap_or_default();
            Some(Column::Texts(lists().map(row).collect()))
        }
        DataType::Float32 => {
            let row = |list: Option<ArrayRef>| {
                list.map(|l| l.as_primitive::<Float32Type>().values().to_vec()).unwrap_or_default()
            };
            Some(Column::Reals(lists().map(row).collect()))
        }
        _ => None,
    }
}
