import { z } from 'zod';
import { ROLES } from '../foundation/caller.ts';
import { defineEndpoint } from '../http/endpoint.ts';
import type { AnyRoute } from '../http/route.ts';
import { may, PERMISSIONS, type Permission } from '../policy/roles.ts';

const permissions = Object.keys(PERMISSIONS) as Permission[];

const TABLE = {
  roles: ROLES.map((role) => ({ role, permissions: permissions.filter((one) => may(role, one)) })),
  permissions: permissions.map((permission) => ({
    permission,
    description: PERMISSIONS[permission].description,
  })),
};

/** The table of who may do what, from the one that decides. */
export const roleRoutes = (): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'roles.list',
    method: 'GET',
    path: '/v1/roles',
    access: { public: 'The same for everybody, and part of the documentation.' },
    tag: 'Members',
    summary: 'Who may do what',
    description: 'Roles and their permissions: the table by which the server decides.',
    reply: {
      status: 200,
      description: 'Roles and permissions',
      schema: z.object({
        roles: z.array(z.object({ role: z.enum(ROLES), permissions: z.array(z.string()) })),
        permissions: z.array(z.object({ permission: z.string(), description: z.string() })),
      }),
    },
    handle: () => ({ body: TABLE }),
  }),
];
