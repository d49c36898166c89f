/** What begins a file that is no text of rows, what that is, and what its owner does next. */
const KINDS: readonly [begins: string | RegExp, what: string, next: string][] = [
  [
    '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
    'an old Excel workbook (.xls), or one with a password',
    'Open it in a spreadsheet, and save it as .xlsx without a password, or as CSV (UTF-8)',
  ],
  [/^BZh[1-9]/, 'compressed by bzip2', 'Unpack it with `bunzip2 --keep FILE`, or compress it by gzip or xz'],
  [
    '\x28\xb5\x2f\xfd',
    'compressed by Zstandard',
    'Unpack it with `zstd -d FILE`, or compress it by gzip or xz',
  ],
  ['7z\xbc\xaf\x27\x1c', 'a 7-Zip archive', 'Unpack it, and import each file of orders in it'],
  ['Rar!', 'a RAR archive', 'Unpack it, and import each file of orders in it'],
  ['%PDF', 'a PDF document', 'Export the orders as CSV or .xlsx from where the document was made'],
  ['PAR1', 'a Parquet file', 'Write it as CSV, for instance with DuckDB: copy (from FILE) to orders.csv'],
  ['SQLite format 3', 'an SQLite database', 'Write the orders as CSV: sqlite3 -header -csv FILE QUERY'],
  ['{\\rtf', 'a text document (RTF)', 'Export the orders as CSV or .xlsx'],
  [
    /^\s*[[{]\s*(["{[\]}]|$)/,
    'JSON',
    'Make CSV of it. A list of flat objects: ' +
      "jq -r '(.[0] | keys_unsorted) as $k | $k, (.[] | [.[$k[]]]) | @csv' FILE",
  ],
  [
    /^\s*<\?xml[^>]*>\s*(<\?mso-application[^>]*>\s*)?<(\w+:)?Workbook/i,
    'an Excel workbook as XML of 2003',
    'Open it in a spreadsheet, and save it as .xlsx or CSV (UTF-8)',
  ],
  [
    /^\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|meta|style|body|table)\b/is,
    'an HTML page, whatever its name says',
    'Open it in a spreadsheet, and save it as .xlsx or CSV (UTF-8). Is it the page of an error or a login?',
  ],
  [/^\s*<\?xml/, 'XML', 'Export the orders as CSV or .xlsx'],
];

/**
 * Tells what a file is that cannot be read as rows.
 * @param start of the file, 64 bytes or more, without a byte order mark
 * @returns a sentence that names it, and one with the next step
 */
export function foreignKind(start: Buffer, name: string): string | undefined {
  const text = start.toString('latin1').replace(/^\xef\xbb\xbf/, '');
  const kind = KINDS.find(([begins]) =>
    typeof begins === 'string' ? text.startsWith(begins) : begins.test(text),
  );
  return kind && `${name} is ${kind[1]}. ${kind[2]}.`;
}

/** Whether a file begins as a zip archive does, such as a workbook (.xlsx). */
export const isZip = (start: Buffer): boolean => start.subarray(0, 4).equals(Buffer.from('PK\x03\x04'));
