/** The question of the playground as a program, in five languages and none that has to be installed. */
import { SECRET_PLACEHOLDER, isLocalHost } from '../parts/curl-line.ts';
import { inGo, inJavaScript, inPhp, inPython, inRuby } from './literals.ts';
import { parametersOf, pathOf, type Format, type Parameters, type Question } from './question.ts';

export const LANGUAGES = ['JavaScript', 'Python', 'PHP', 'Ruby', 'Go'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What a program is written from. */
interface Call {
  readonly url: string;
  readonly parameters: Parameters;
  /** Where the results stand in the answer, and what is printed of each; undefined where the answer is no JSON. */
  readonly list: readonly [results: string, ...name: string[]] | undefined;
}

/** `features[].properties.formatted` and its siblings, by format. */
const LISTS: Readonly<Record<Format, Call['list']>> = {
  json: ['results', 'formatted'],
  geojson: ['features', 'properties', 'formatted'],
  xml: undefined,
  'google-v3-json': ['results', 'formatted_address'],
};

const eachOf = (parameters: Parameters, write: (name: string, value: string) => string): string[] =>
  parameters.map(([name, value]) => write(name, value));

const javaScript = ({ url, parameters, list }: Call): string[] => [
  'const question = new URLSearchParams({',
  ...eachOf(parameters, (name, value) => `  ${name}: ${inJavaScript(value)},`),
  '});',
  `const reply = await fetch(${inJavaScript(`${url}?`)} + question, {`,
  `  headers: { 'X-Api-Key': '${SECRET_PLACEHOLDER}' },`,
  '});',
  ...(list === undefined
    ? ['console.log(await reply.text());']
    : [
        `const { ${list[0]} } = await reply.json();`,
        `for (const result of ${list[0]}) console.log(result.${list.slice(1).join('.')});`,
      ]),
];

const python = ({ url, parameters, list }: Call): string[] => [
  ...(list === undefined ? [] : ['import json']),
  'from urllib.parse import urlencode',
  'from urllib.request import Request, urlopen',
  '',
  'question = urlencode({',
  ...eachOf(parameters, (name, value) => `    "${name}": ${inPython(value)},`),
  '})',
  'request = Request(',
  `    ${inPython(`${url}?`)} + question,`,
  `    headers={"X-Api-Key": "${SECRET_PLACEHOLDER}"},`,
  ')',
  'with urlopen(request) as reply:',
  ...(list === undefined
    ? ['    print(reply.read().decode())']
    : [
        `    for result in json.load(reply)["${list[0]}"]:`,
        `        print(result${list
          .slice(1)
          .map((name) => `["${name}"]`)
          .join('')})`,
      ]),
];

const php = ({ url, parameters, list }: Call): string[] => [
  '<?php',
  '$question = http_build_query([',
  ...eachOf(parameters, (name, value) => `    '${name}' => ${inPhp(value)},`),
  ']);',
  "$context = stream_context_create(['http' => [",
  `    'header' => 'X-Api-Key: ${SECRET_PLACEHOLDER}',`,
  ']]);',
  `$reply = file_get_contents(${inPhp(`${url}?`)} . $question, false, $context);`,
  ...(list === undefined
    ? ['echo $reply, PHP_EOL;']
    : [
        `foreach (json_decode($reply, true)['${list[0]}'] as $result) {`,
        `    echo $result${list
          .slice(1)
          .map((name) => `['${name}']`)
          .join('')}, PHP_EOL;`,
        '}',
      ]),
];

const ruby = ({ url, parameters, list }: Call): string[] => [
  ...(list === undefined ? [] : ["require 'json'"]),
  "require 'net/http'",
  '',
  `uri = URI(${inRuby(url)})`,
  'uri.query = URI.encode_www_form({',
  ...eachOf(parameters, (name, value) => `  '${name}' => ${inRuby(value)},`),
  '})',
  `reply = Net::HTTP.get(uri, { 'X-Api-Key' => '${SECRET_PLACEHOLDER}' })`,
  ...(list === undefined
    ? ['puts reply']
    : [
        `JSON.parse(reply)['${list[0]}'].each do |result|`,
        `  puts result${list
          .slice(1)
          .map((name) => `['${name}']`)
          .join('')}`,
        'end',
      ]),
];

const GO_STRUCTS: Readonly<Record<Format, readonly string[]>> = {
  json: ['\t\tResults []struct{ Formatted string }'],
  geojson: ['\t\tFeatures []struct {', '\t\t\tProperties struct{ Formatted string }', '\t\t}'],
  xml: [],
  'google-v3-json': ['\t\tResults []struct {', '\t\t\tAddress string `json:"formatted_address"`', '\t\t}'],
};

const GO_PRINTS: Readonly<Record<Format, string>> = {
  json: 'for _, result := range answer.Results {\n\t\tfmt.Println(result.Formatted)',
  geojson: 'for _, result := range answer.Features {\n\t\tfmt.Println(result.Properties.Formatted)',
  xml: '',
  'google-v3-json': 'for _, result := range answer.Results {\n\t\tfmt.Println(result.Address)',
};

const go = ({ url, parameters, list }: Call, format: Format): string[] => [
  'package main',
  '',
  'import (',
  ...(list === undefined
    ? ['\t"io"', '\t"net/http"', '\t"net/url"', '\t"os"']
    : ['\t"encoding/json"', '\t"fmt"', '\t"net/http"', '\t"net/url"']),
  ')',
  '',
  'func check(err error) {',
  '\tif err != nil {',
  '\t\tpanic(err)',
  '\t}',
  '}',
  '',
  'func main() {',
  '\tquestion := url.Values{',
  ...eachOf(parameters, (name, value) => `\t\t"${name}": {${inGo(value)}},`),
  '\t}',
  `\trequest, err := http.NewRequest("GET", ${inGo(`${url}?`)}+question.Encode(), nil)`,
  '\tcheck(err)',
  `\trequest.Header.Set("X-Api-Key", "${SECRET_PLACEHOLDER}")`,
  '\treply, err := http.DefaultClient.Do(request)',
  '\tcheck(err)',
  '\tdefer reply.Body.Close()',
  ...(list === undefined
    ? ['\t_, err = io.Copy(os.Stdout, reply.Body)', '\tcheck(err)']
    : [
        '\tvar answer struct {',
        ...GO_STRUCTS[format],
        '\t}',
        '\tcheck(json.NewDecoder(reply.Body).Decode(&answer))',
        `\t${GO_PRINTS[format]}`,
        '\t}',
      ]),
  '}',
];

const WRITERS: Readonly<Record<Language, (call: Call, format: Format) => string[]>> = {
  JavaScript: javaScript,
  Python: python,
  PHP: php,
  Ruby: ruby,
  Go: go,
};

/** A whole program that asks the question and prints what was found. @param origin of the installation. */
export const snippet = (language: Language, question: Question, origin: string): string => {
  const { format } = question;
  const call: Call = {
    url: `${origin}${pathOf(format)}`,
    parameters: parametersOf(question),
    list: LISTS[format],
  };
  return WRITERS[language](call, format).join('\n');
};

/**
 * The same as a line for a terminal. In the encoded address nothing is left that sh or PowerShell would read as anything
 * else within double quotes.
 */
export const curlOf = (
  question: Question,
  { origin, hostname }: { readonly origin: string; readonly hostname: string },
): string => {
  const search = new URLSearchParams(
    parametersOf(question).map(([name, value]): [string, string] => [name, value]),
  );
  return [
    'curl',
    ...(isLocalHost(hostname) ? ['--cacert data/tls/ca.pem'] : []),
    `-H "X-Api-Key: ${SECRET_PLACEHOLDER}"`,
    `"${origin}${pathOf(question.format)}?${search}"`,
  ].join(' ');
};
