//! SQL queries over a state, for people and scripts. Nothing can be changed by them.

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::fault::Trouble;

/// The result of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

/// The words that a query may begin with. Others could reach further files.
const QUESTIONS: [&str; 4] = ["select", "with", "values", "explain"];

pub(super) fn ask(connection: &Connection, sql: &str) -> Result<Answer, Trouble> {
    let first: String = sql.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    if !QUESTIONS.iter().any(|word| first.eq_ignore_ascii_case(word)) {
        return Err(refused("a question begins with SELECT, WITH, VALUES or EXPLAIN"));
    }
    let mut statement = connection.prepare(sql).map_err(|error| refused(&error.to_string()))?;
    if !statement.readonly() {
        return Err(refused("it would change the state"));
    }
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([])?;
    let mut answer = Answer { columns, rows: Vec::new() };
    while let Some(row) = rows.next().map_err(|error| refused(&error.to_string()))? {
        let cells = (0..answer.columns.len()).map(|column| Ok(cell(row.get_ref(column)?)));
        answer.rows.push(cells.collect::<Result<_, Trouble>>()?);
    }
    Ok(answer)
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Real(number) => Cell::Real(number),
        ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
    }
}

fn refused(why: &str) -> Trouble {
    Trouble::Files(std::io::Error::other(why))
}
