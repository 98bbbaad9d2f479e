//! sets of texts: the record, and every format they are read from
