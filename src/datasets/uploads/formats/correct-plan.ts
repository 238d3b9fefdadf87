/** What an uploader wants read otherwise: at once where only names, types and the key change, else by another look. */
import type { Corrections, FilePlan } from './contract.ts';

/** The plan with the corrections in it; `look` where the file has to be looked at anew with them. Names are not checked here. */
export const correctPlan = (plan: FilePlan, corrections: Corrections): FilePlan | 'look' => {
  const { columns = [], key = plan.key, ...others } = corrections;
  const needsLook = Object.values(others).some((value) => value !== undefined);
  if (needsLook) return 'look';
  return {
    ...plan,
    key,
    columns: plan.columns.map((column, index) => {
      const { name = column.name, type = column.type } = columns[index] ?? {};
      return { ...column, name, type };
    }),
  };
};
