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

export const tooManyCompanies = (): Problem =>
  new Problem(409, 'too_many_companies', 'No more companies', {
    detail: `One user can own ${MOST_COMPANIES} companies.`,
  });

export const tooManyProjects = (): Problem =>
  new Problem(409, 'too_many_projects', 'No more projects', {
    detail: `One company can have ${MOST_PROJECTS} projects.`,
  });
