//! Parquet, written by the crate that others write it with.

use std::fs::File;
use std::sync::Arc;

use corpus::{Options, open};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

#[test]
fn rows() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("a.parquet");
    let schema =
        "message poems { required binary id (utf8); optional binary completion (utf8); required double temperature; }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(File::create(&path).unwrap(), schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let words = |list: &[&str]| list.iter().map(|&word| ByteArray::from(word)).collect::<Vec<_>>();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<ByteArrayType>().write_batch(&words(&["a", "b", "c"]), None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<ByteArrayType>().write_batch(&words(&["The gate", "The lamp"]), Some(&[1, 0, 1]), None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<DoubleType>().write_batch(&[0.5, 0.7, 1.0], None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();

    let mut texts = open(path.to_str().unwrap(), &Options::default()).unwrap();
    let read: Vec<_> = texts.by_ref().map(Result::unwrap).collect();
    let seen: Vec<_> =
        read.iter().map(|text| (text.id.as_str(), text.text.as_str(), text.field("temperature").unwrap())).collect();
    assert_eq!(seen, [("a", "The gate", "0.5".into()), ("c", "The lamp", "1.0".into())]);
    assert_eq!((texts.skipped()[0].reason.as_str(), texts.skipped()[0].n), ("no such field", 1));
    assert_eq!(texts.progress(), Some(1.0));
}
