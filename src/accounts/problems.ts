import { Problem } from '../foundation/problem.ts';
import { notFoundProblem } from '../http/endpoint.ts';
import { MOST_COMPANIES, MOST_PROJECTS } from './limits.ts';

export const projectNotFound = (): Problem =>
  notFoundProblem('project_not_found', 'No such project', 'project');

/** 409: who requires a second factor of others has one, or they would lock themselves out. */
export const secondFactorMissing = (): Problem =>
  new Problem(409, 'second_factor_missing', 'You have not used a second factor yourself', {
    detail: 'Enrol a second factor, sign in with it, then require it of the others.',
    field: '/require_second_factor',
  });

/** 404, on the command line only, like the next three. */
export const companyNotFound = (): Problem =>
  new Problem(404, 'company_not_found', 'There is no such company', {
    detail: 'vouchsafe plans list shows those there are.',
  });

export const planNotFound = (): Problem =>
  new Problem(404, 'plan_not_found', 'There is no such plan', {
    detail: 'vouchsafe plans list shows those there are; vouchsafe plans set makes one.',
  });

export const planIsStandard = (): Problem =>
  new Problem(409, 'plan_is_standard', 'New companies have this plan', {
    detail: 'It can be given other limits, and cannot be removed.',
  });

export const planInUse = (companies: number): Problem =>
  new Problem(409, 'plan_in_use', 'Companies have this plan', {
    detail: `Give another plan to ${companies === 1 ? 'the company' : `the ${companies} companies`} that ${companies === 1 ? 'has' : 'have'} it first: vouchsafe plans list shows which.`,
  });

export const tooManyCompanies = (): Problem =>
  new Problem(409, 'too_many_companies', 'No more companies', {
    detail: `One user can own ${MOST_COMPANIES} companies.`,
  });

export const tooManyProjects = (): Problem =>
  new Problem(409, 'too_many_projects', 'No more projects', {
    detail: `One company can have ${MOST_PROJECTS} projects.`,
  });
