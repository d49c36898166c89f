// Says so where Node is too old, before anything else is loaded. Old versions have to parse this: nothing
// that ES5 lacks.
// biome-ignore-all lint: as above
var engines = require('../package.json').engines;

/**
 * @param {string} version such as 18.20.4
 * @returns {string | undefined} why that version does not do
 */
function refusalOf(version) {
  var lowest = engines.node.replace('>=', '');
  var needed = lowest.split('.');
  var found = version.split('.');
  var difference = found[0] - needed[0] || found[1] - needed[1];
  if (difference >= 0) return undefined;
  return (
    'Tidemark needs Node ' + lowest + ' or newer, and this is Node ' + version + '. See https://nodejs.org'
  );
}

var refusal = refusalOf(process.versions.node);
if (refusal !== undefined) {
  require('fs').writeSync(2, refusal + '\n');
  process.exit(1);
}

module.exports = { refusalOf: refusalOf };
