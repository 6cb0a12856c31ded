// Reads one CSAF document a line from standard input; for each writes one line of JSON: the tests of the validator that fail.
import readline from 'node:readline'
import * as mandatory from '@secvisogram/csaf-validator-lib/mandatoryTests.js'
import { csaf_2_0 } from '@secvisogram/csaf-validator-lib/schemaTests.js'
import validate from '@secvisogram/csaf-validator-lib/validate.js'

const tests = [csaf_2_0, ...Object.values(mandatory)]
for await (const line of readline.createInterface({ input: process.stdin })) {
  const result = await validate(tests, JSON.parse(line))
  const failed = result.tests.filter((t) => !t.isValid)
  console.log(JSON.stringify(failed.map((t) => ({ test: t.name, errors: t.errors.slice(0, 3) }))))
}
