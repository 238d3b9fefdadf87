/** From a file to a dataset: send it, see how it is read, load it. The address says which upload, so that a reload goes on. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { LIVE, read, refresh } from '../../../api/query.ts';
import { Button, ButtonLink } from '../../../components/button.tsx';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Notice } from '../../../components/notice.tsx';
import { PageHeader, Section } from '../../../components/page.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';
import { useCompany } from '../../../shell/company.ts';
import { WhoMay } from '../parts/who-may.tsx';
import { useDataset } from './calls.ts';
import { companyPath } from './names.ts';
import type { Dataset } from './shapes.ts';
import { DropZone } from './upload/drop-zone.tsx';
import { LoadForm } from './upload/load-form.tsx';
import { PlanForm } from './upload/plan-form.tsx';
import { Progress } from './upload/progress.tsx';
import { asSentence, planIn, sayFailure, type UploadState } from './upload/shapes.ts';
import { useSending, type Sending } from './upload/use-sending.ts';
import { sayRows, saySize } from './words.ts';

/** Milliseconds between two looks at something that goes on by itself. */
const LOOK_AGAIN = 1_000;

/** What arrives may come from another page. */
const PAUSES: Readonly<Record<string, number>> = { arriving: LIVE, looking: LOOK_AGAIN, loading: LOOK_AGAIN };

const useUpload = (company: string, upload: string): UseQueryResult<UploadState> =>
  useQuery({
    ...read('dataset-uploads.state', { params: { company, upload } }),
    refetchInterval: ({ state }) => PAUSES[state.data?.phase ?? ''] ?? false,
  });

const Rejected = ({ upload }: { readonly upload: UploadState }): ReactElement | null => {
  const { id: company } = useCompany();
  if (upload.rejected === 0) return null;
  return (
    <p>
      {upload.rejected === 1 ? 'One row does' : `${upload.rejected.toLocaleString('en-GB')} rows do`} not fit.{' '}
      <a className="link" download href={companyPath(company, 'dataset-uploads', upload.id, 'rejected')}>
        Download them with line, column and reason
      </a>
      .
    </p>
  );
};

const Plan = ({
  upload,
  into,
}: {
  readonly upload: UploadState;
  readonly into: Dataset | undefined;
}): ReactElement => {
  const { id: company } = useCompany();
  const { data, error, isFetching } = useQuery({
    ...read('dataset-uploads.plan', { params: { company, upload: upload.id } }),
    // What is remembered may be of the time when there was no plan yet.
    refetchOnMount: 'always',
  });
  const plan = planIn(data);
  return (
    <>
      {(upload.phase === 'failed' || upload.phase === 'unreadable') && (
        <div className="mb-8">
          <Notice
            tone="bad"
            title={upload.phase === 'failed' ? 'Nothing was loaded' : 'It cannot be read as it is'}
          >
            {upload.detail !== null && <p className="wrap-anywhere">{asSentence(upload.detail)}</p>}
            <p>{sayFailure(upload.failure, plan !== undefined)}</p>
            <Rejected upload={upload} />
          </Notice>
        </div>
      )}
      {error !== null && <ErrorPanel problem={error} />}
      {plan === undefined && isFetching && <Skeleton lines={4} />}
      {plan !== undefined && (
        <>
          <Section title="How it is read">
            <PlanForm key={JSON.stringify(plan)} upload={upload.id} plan={plan} />
          </Section>
          <Section title={into === undefined ? 'A new dataset' : 'Where it goes'}>
            <LoadForm upload={upload} into={into} />
          </Section>
        </>
      )}
    </>
  );
};

const Loaded = ({ upload }: { readonly upload: UploadState }): ReactElement => {
  const { id: company } = useCompany();
  return (
    <Notice tone="good" title="It is loaded">
      <p>
        {sayRows(upload.rows - upload.rejected)} are there
        {upload.version !== null && `, as version ${upload.version}`}.
      </p>
      <Rejected upload={upload} />
      {upload.dataset !== null && (
        <p>
          <ButtonLink
            look="primary"
            to="/companies/$company/datasets/$dataset"
            params={{ company, dataset: upload.dataset }}
          >
            Look at it
          </ButtonLink>
        </p>
      )}
    </Notice>
  );
};

const Unfinished = ({
  upload,
  sending,
}: {
  readonly upload: UploadState;
  readonly sending: Sending;
}): ReactElement =>
  sending.sent === undefined ? (
    <DropZone
      title={`Go on with ${upload.filename}`}
      hint={`${saySize(upload.offset)} of ${saySize(upload.length)} have arrived. Choose the same file again, and the rest follows.`}
      onFile={(file) => void sending.send(file, upload)}
    />
  ) : (
    <div className="grid gap-4">
      <Progress label={`Sending ${upload.filename}`} done={sending.sent} whole={upload.length}>
        {saySize(sending.sent)} of {saySize(upload.length)}. You may close the page and go on later.
      </Progress>
      <div>
        <Button onClick={sending.pause}>Pause</Button>
      </div>
    </div>
  );

interface StepsProps {
  readonly id: string;
  readonly into: Dataset | undefined;
  readonly sending: Sending;
  readonly onDiscard: () => Promise<void>;
}

const Steps = ({ id, into, sending, onDiscard }: StepsProps): ReactElement => {
  const { id: company } = useCompany();
  const { data: upload, error, refetch } = useUpload(company, id);
  const discard = useAction(onDiscard);
  if (upload === undefined) {
    return error === null ? (
      <Skeleton lines={4} />
    ) : (
      <ErrorPanel problem={error} onRetry={() => void refetch()} />
    );
  }
  const { phase } = upload;
  return (
    <>
      <p className="wrap-anywhere">
        <strong>{upload.filename}</strong>, {saySize(upload.length)}
      </p>
      <div aria-live="polite">
        {phase === 'arriving' && <Unfinished upload={upload} sending={sending} />}
        {phase === 'looking' && (
          <Progress label={`Looking at ${upload.filename}`} done={upload.bytes_done} whole={upload.length}>
            {sayRows(upload.rows)} so far.
          </Progress>
        )}
        {phase === 'loading' && (
          <Progress label={`Loading ${upload.filename}`} done={upload.bytes_done} whole={upload.length}>
            {sayRows(upload.rows)} so far. It goes on without this page.
          </Progress>
        )}
        {phase === 'loaded' && <Loaded upload={upload} />}
      </div>
      {['ready', 'failed', 'unreadable'].includes(phase) && <Plan key={phase} upload={upload} into={into} />}
      {phase !== 'loaded' && (
        <div className="mt-8 grid gap-3">
          {discard.problem !== undefined && <ErrorPanel problem={discard.problem} />}
          <div>
            <Button pending={discard.pending} onClick={() => void discard.run()}>
              Discard the upload
            </Button>
          </div>
        </div>
      )}
    </>
  );
};

const Uploading = ({ into }: { readonly into: Dataset | undefined }): ReactElement => {
  const { id: company } = useCompany();
  const { upload } = useSearch({ strict: false });
  const navigate = useNavigate();
  const go = (next: string | undefined): Promise<void> =>
    navigate({
      to: '/companies/$company/datasets/new',
      params: { company },
      search: {
        ...(next === undefined ? {} : { upload: next }),
        ...(into === undefined ? {} : { into: into.id }),
      },
      replace: true,
    });
  const sending = useSending(company, (id) => void go(id));
  const discard = async (): Promise<void> => {
    sending.stop();
    if (upload !== undefined) await call('dataset-uploads.remove', { params: { company, upload } });
    await go(undefined);
    await refresh('dataset-uploads.list');
    toast('The upload is discarded.');
  };
  return (
    <div className="grid gap-6">
      {sending.problem !== undefined && <ErrorPanel problem={sending.problem} />}
      {upload === undefined ? (
        <DropZone
          title="Drop a file here, or choose one"
          hint="CSV, TSV, JSON, JSON lines, Parquet or Excel (XLSX), up to 10 GB. It is sent in parts: a broken line or a closed page costs nothing."
          onFile={(file) => void sending.send(file)}
        />
      ) : (
        <Steps id={upload} into={into} sending={sending} onDiscard={discard} />
      )}
    </div>
  );
};

const Into = ({ dataset }: { readonly dataset: string }): ReactElement => {
  const { id: company } = useCompany();
  const { data, error, refetch } = useDataset(company, dataset);
  if (data === undefined) {
    return error === null ? (
      <Skeleton lines={4} />
    ) : (
      <ErrorPanel problem={error} onRetry={() => void refetch()} />
    );
  }
  return (
    <>
      <PageHeader title={`Upload into ${data.title ?? data.name}`} />
      <Uploading into={data} />
    </>
  );
};

/** The page. */
export const NewDatasetPage = (): ReactElement => {
  const { may, name } = useCompany();
  const { into } = useSearch({ strict: false });
  if (into !== undefined) return <Into dataset={into} />;
  return (
    <>
      <PageHeader title="New dataset" tab={`New dataset of ${name}`} />
      {may('datasets.make') && <Uploading into={undefined} />}
      <WhoMay permission="datasets.make" deed="make datasets" />
    </>
  );
};
