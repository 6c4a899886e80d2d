// An OAuth server that is not ours, for vigie to sign in to.
//
// The protocol is oidc-provider's. Ours are only the paths, which are those of Entra
// ID, and what the standards leave to the server: which scopes there are, who the
// client is, what a token says. Where Entra departs from OpenID Connect, `asEntra`
// says how. Prints one line of JSON and ends when its standard input does.

import { createServer } from 'node:http';
import { generateKeyPairSync, randomBytes } from 'node:crypto';

// Standard output is for the one line of JSON.
console.info = console.error;
console.log = console.error;

const { default: Provider, errors } = await import('oidc-provider');

const TENANT = '7a1e0f52-3c5b-4f0e-9a51-5b0c1c9a4e77';
const CLIENT = 'c0ffee00-6a2f-4a41-8f0e-2f6f3b0a9d11';
const RESOURCE = 'https://api.securitycenter.microsoft.com';

const paths = {
  authorization: `/${TENANT}/oauth2/v2.0/authorize`,
  token: `/${TENANT}/oauth2/v2.0/token`,
  device_authorization: `/${TENANT}/oauth2/v2.0/devicecode`,
};

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'foreign' };

// `{resource}/.default` names the resource; RFC 8707 would have it in a parameter.
const resourceIn = (scope = '') =>
  scope.split(' ').find((word) => word.endsWith('/.default'))?.replace(/\/\.default$/u, '');

const configuration = {
  routes: paths,
  jwks: { keys: [key] },
  cookies: { keys: [randomBytes(16).toString('hex')] },
  scopes: ['openid', 'offline_access', 'profile'],
  responseTypes: ['code'],
  clients: [
    {
      client_id: CLIENT,
      client_name: 'vigie',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['http://localhost'],
      response_types: ['code'],
      grant_types: [
        'authorization_code',
        'refresh_token',
        'urn:ietf:params:oauth:grant-type:device_code',
      ],
    },
  ],
  features: {
    // Takes any name and password, then asks for consent.
    devInteractions: { enabled: true },
    deviceFlow: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (ctx, client, oneOf) =>
        oneOf?.[0] ?? resourceIn(ctx.oidc.params?.scope) ?? [],
      getResourceServerInfo: (ctx, resource) => {
        if (resource !== RESOURCE) {
          throw new errors.InvalidTarget();
        }
        return {
          audience: resource,
          scope: `${resource}/.default`,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 3600,
          jwt: { sign: { alg: 'RS256' } },
        };
      },
      useGrantedResource: () => true,
    },
  },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, name: id }) }),
  extraTokenClaims: (ctx, token) => ({
    appid: token.clientId,
    scp: 'Alert.Read',
    tid: TENANT,
    unique_name: token.accountId,
    ver: '1.0',
  }),
  ttl: {
    AccessToken: 3600,
    AuthorizationCode: 600,
    DeviceCode: 900,
    Grant: 3600,
    IdToken: 3600,
    Interaction: 900,
    RefreshToken: 86_400,
    Session: 3600,
  },
};

// Entra gives a refresh token to whoever asks for `offline_access`, where OpenID Connect
// wants `prompt=consent` beside it; and it knows `select_account`, which is `login` here.
function asEntra(url) {
  const asked = new URL(url, 'http://127.0.0.1');
  if (asked.pathname !== paths.authorization) {
    return url;
  }
  const prompts = (asked.searchParams.get('prompt') ?? '').split(' ');
  const told = new Set(prompts.map((word) => (word === 'select_account' ? 'login' : word)));
  if (asked.searchParams.get('scope')?.split(' ').includes('offline_access')) {
    told.add('consent');
  }
  asked.searchParams.set('prompt', [...told].join(' ').trim());
  return asked.pathname + asked.search;
}

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const authority = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(authority, configuration);
  // Five seconds where nothing is told, which is long for a test.
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.body?.user_code) {
      ctx.body = { ...ctx.body, interval: 1 };
    }
  });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    request.url = asEntra(request.url);
    answer(request, response);
  });
  const told = { authority, tenant: TENANT, client_id: CLIENT, resource: RESOURCE };
  process.stdout.write(`${JSON.stringify(told)}\n`);
});

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
