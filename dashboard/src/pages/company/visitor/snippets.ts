/** The call that a page makes to know its visitor, for pasting: nothing in it has to be changed. */

export const WAYS = ['HTML', 'React', 'Vue', 'Google Tag Manager'] as const;
export type Way = (typeof WAYS)[number];

export const CLIENTS = ['npm package', 'Script from the CDN'] as const;
export type Client = (typeof CLIENTS)[number];

/** Where a snippet calls, and for which project. */
export interface Target {
  /** Scheme, host and port of this installation, as browsers write them. */
  readonly origin: string;
  /** The id of the project. Neither has anything to escape. */
  readonly project: string;
}

/** The address of the call: VisitorAPI's contract. */
export const callOf = ({ origin, project }: Target): string => `${origin}/api/?pid=${project}`;

/** Shared by those that are asked from several places of one page. */
const askOnce = (target: Target): string[] => [
  '// One call a page view, however many components ask.',
  'let asked;',
  'const ask = () =>',
  `  (asked ??= fetch('${callOf(target)}')`,
  '    .then((reply) => reply.json())',
  '    .then(({ data }) => data, () => undefined));',
];

const SNIPPETS: Readonly<Record<Way, (target: Target) => readonly string[]>> = {
  HTML: (target) => [
    '<script type="module">',
    `  const visitor = await fetch('${callOf(target)}')`,
    '    .then((reply) => reply.json())',
    '    .then(({ data }) => data, () => undefined);',
    '  // Undefined where the call failed. A fact that is not known is an empty text or list.',
    '  if (visitor) {',
    '    console.log(visitor.countryCode, visitor.currencies[0], visitor.languages[0]);',
    '  }',
    '</script>',
  ],
  React: (target) => [
    "import { useEffect, useState } from 'react';",
    '',
    ...askOnce(target),
    '',
    '// Undefined until the facts are here, and where the call failed.',
    'export const useVisitor = () => {',
    '  const [visitor, setVisitor] = useState();',
    '  useEffect(() => {',
    '    ask().then(setVisitor);',
    '  }, []);',
    '  return visitor;',
    '};',
    '',
    "// In a component: const currency = useVisitor()?.currencies[0] ?? 'USD';",
  ],
  Vue: (target) => [
    "import { onMounted, ref } from 'vue';",
    '',
    ...askOnce(target),
    '',
    '// Its value is undefined until the facts are here, and where the call failed.',
    'export const useVisitor = () => {',
    '  const visitor = ref();',
    '  onMounted(async () => {',
    '    visitor.value = await ask();',
    '  });',
    '  return visitor;',
    '};',
    '',
    "// In a template: {{ visitor?.currencies[0] ?? 'USD' }}",
  ],
  // The tag manager's editor refuses newer JavaScript.
  'Google Tag Manager': (target) => [
    '<script>',
    '  (function () {',
    '    var layer = (window.dataLayer = window.dataLayer || []);',
    '    var request = new XMLHttpRequest();',
    `    request.open('GET', '${callOf(target)}');`,
    '    request.onload = function () {',
    '      var answer = JSON.parse(request.responseText);',
    "      if (answer.status === 200) layer.push({ event: 'visitor', visitor: answer.data });",
    "      else layer.push({ event: 'visitor_error', visitor_error: answer.result });",
    '    };',
    '    request.send();',
    '  })();',
    '</script>',
  ],
};

/** The snippet of one way. */
export const snippet = (way: Way, target: Target): string => SNIPPETS[way](target).join('\n');

const CHANGES: Readonly<Record<Client, (target: Target) => readonly string[]>> = {
  'npm package': ({ origin, project }) => [
    "import axios from 'axios';",
    "import VisitorAPI from 'visitorapi';",
    '',
    '// Once, before the first call:',
    'axios.interceptors.request.use((config) => {',
    `  config.url = config.url?.replace('https://api.visitorapi.com', '${origin}');`,
    '  return config;',
    '});',
    '',
    `VisitorAPI('${project}', (visitor) => console.log(visitor.countryCode));`,
  ],
  'Script from the CDN': ({ origin, project }) => [
    '<script>',
    '  // In place of <script src="https://cdn.visitorapi.com/visitor-api.js">',
    '  function VisitorAPI(pid, onSuccess, onError) {',
    `    fetch('${origin}/api/?pid=' + pid)`,
    '      .then(function (reply) { return reply.json(); })',
    '      .then(function (answer) {',
    '        if (answer.status === 200) onSuccess(answer.data);',
    '        else if (onError) onError(answer.status, answer.result);',
    '      });',
    '  }',
    '</script>',
    '<script>',
    `  VisitorAPI('${project}', function (visitor) { console.log(visitor.countryCode); });`,
    '</script>',
  ],
};

/** What to change where a client of VisitorAPI is in use. */
export const change = (client: Client, target: Target): string => CHANGES[client](target).join('\n');

/** As the files under examples/visitor have them. */
const ORIGIN_PLACEHOLDER = 'https://api.example.com';
const PROJECT_PLACEHOLDER = 'YOUR_PROJECT_ID';

/** An example with this installation and the project in it. */
export const fillIn = (example: string, { origin, project }: Target): string =>
  example.replaceAll(ORIGIN_PLACEHOLDER, origin).replaceAll(PROJECT_PLACEHOLDER, project);
