/** The playground of one project: ask, see, and take the call along. */
import { useMemo, useState, type ReactElement } from 'react';
import { Button } from '../../../components/button.tsx';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Section } from '../../../components/page.tsx';
import { AnswerView } from './answer-view.tsx';
import type { Found } from './found.ts';
import { InYourProgram } from './in-your-program.tsx';
import { Options } from './options.tsx';
import { asQuery, NO_QUESTION, type Question } from './question.ts';
import { foundIn } from './read-answer.ts';
import { ResultList, ResultMap } from './results.tsx';
import { SearchBox } from './search-box.tsx';
import { useAsking, type Asked } from './use-asking.ts';

/** Questions that show what there is: areas, scripts, a coordinate, abbreviations, typing errors. */
const EXAMPLES: readonly (Partial<Question> & { readonly q: string })[] = [
  { q: 'Paris, Texas' },
  { q: '東京' },
  { q: '48.8584, 2.2945' },
  { q: 'Frankfurt/Main' },
  { q: 'Springfield', limit: '20' },
  { q: 'Grenobel', fuzzy: true },
];

const NONE: readonly Found[] = [];

const Examples = ({ onChoose }: { readonly onChoose: (part: Partial<Question>) => void }): ReactElement => (
  <div className="grid content-start gap-3">
    <p className="text-quiet">Type a place, a coordinate, or try one of these:</p>
    <div className="flex flex-wrap gap-2">
      {EXAMPLES.map((example) => (
        <Button key={example.q} small onClick={() => onChoose(example)}>
          {example.q}
        </Button>
      ))}
    </div>
  </div>
);

const Nothing = ({ asked }: { readonly asked: Asked }): ReactElement => (
  <div className="grid content-start gap-2 rounded-card border border-dashed border-edge px-5 py-8 text-center">
    <p className="font-serif text-lg font-semibold">
      {asked.tried.status < 400 ? 'Nothing was found' : 'No answer'}
    </p>
    <p className="text-quiet">
      {asked.tried.status < 400
        ? asked.question.fuzzy
          ? 'Leave out a part of it, or look for the town alone.'
          : 'Check the spelling, or forgive typing errors in the options.'
        : 'The reason stands below.'}
    </p>
  </div>
);

/** Form, results, map, answer and code. */
export const Playground = ({
  company,
  project,
}: {
  readonly company: string;
  readonly project: string;
}): ReactElement => {
  const [question, setQuestion] = useState(NO_QUESTION);
  const [chosen, setChosen] = useState(0);
  const asking = useAsking(company, project);
  const { asked, problem, isPending } = asking;
  const found = useMemo(
    () => (asked === undefined ? NONE : foundIn(asked.tried.body, asked.question.format)),
    [asked],
  );
  const change = (part: Partial<Question>): Question => {
    const changed = { ...question, ...part };
    setQuestion(changed);
    return changed;
  };
  const ask = (part: Partial<Question> = {}): void => {
    setChosen(0);
    void asking.ask(change(part));
  };
  const looked = found.length === 0 ? undefined : Math.min(chosen, found.length - 1);
  return (
    <>
      <search className="mb-6 grid gap-4">
        <form
          className="flex flex-wrap items-end gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            ask();
          }}
        >
          <SearchBox
            value={question.q}
            onChange={(q) => change({ q })}
            onChoose={(q) => ask({ q })}
            suggest={(q, signal) => asking.suggest({ ...question, q }, signal)}
          />
          <Button type="submit" look="primary" pending={isPending}>
            Ask
          </Button>
        </form>
        <details>
          <summary className="link w-fit cursor-pointer text-sm">Options</summary>
          <div className="mt-4">
            <Options question={question} onChange={change} />
          </div>
        </details>
      </search>
      {problem !== undefined && (
        <div className="mb-6">
          <ErrorPanel problem={problem} onRetry={() => ask()} />
        </div>
      )}
      <section aria-label="Results and map" className="mb-10 grid gap-5 xl:grid-cols-[20rem_minmax(0,1fr)]">
        <div className="min-w-0 max-xl:order-last">
          {asked === undefined && <Examples onChoose={ask} />}
          {asked !== undefined && found.length === 0 && <Nothing asked={asked} />}
          {found.length > 0 && <ResultList found={found} chosen={looked} onChoose={setChosen} />}
        </div>
        <ResultMap
          found={found}
          chosen={looked}
          onChoose={setChosen}
          onPoint={(point) => ask({ q: asQuery(point) })}
        />
      </section>
      {asked !== undefined && (
        <Section title="Answer">
          <AnswerView asked={asked} />
        </Section>
      )}
      <InYourProgram question={question.q.trim() === '' ? { ...question, q: 'Paris, Texas' } : question} />
      <p role="status" className="sr-only">
        {asked !== undefined &&
          !isPending &&
          (found.length === 1 ? 'One result.' : `${found.length} results.`)}
      </p>
    </>
  );
};
