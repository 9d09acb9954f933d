// A real OpenID provider on loopback, for tests: node tests/oidc/provider.mjs PORT CALLBACK
// It signs in whoever `login_hint`, or the last POST to /test, names; no page is shown.
// POST /test {person, claims, amr, forge} sets who comes next, and how a token is spoiled:
// forge "key" signs with a key that is not the provider's, "expired" with times that are over.
import { generateKeyPairSync } from 'node:crypto'
import { Provider } from 'oidc-provider'
import { SignJWT, decodeJwt, importJWK } from 'jose'

const [port, callback] = process.argv.slice(2)
const issuer = `http://127.0.0.1:${port}`
const newKey = () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { ...privateKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }
}
const ours = newKey()
const anothers = newKey()
let next = { person: 'nobody', claims: {}, amr: ['pwd'], forge: '' }

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'portal',
    client_secret: 'secret-of-the-portal-for-tests-only',
    redirect_uris: [callback],
    token_endpoint_auth_method: 'client_secret_post',
  }],
  jwks: { keys: [ours] },
  pkce: { required: () => true },
  conformIdTokenClaims: false,
  claims: {
    openid: ['sub', 'oid', 'groups', '_claim_names', 'amr', 'xms_edov'],
    email: ['email', 'email_verified'],
    profile: ['name', 'preferred_username'],
  },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: ['for-tests-only'] },
  findAccount: (ctx, sub) => ({
    accountId: sub,
    claims: () => ({ sub, ...next.claims }),
  }),
})
provider.proxy = false

async function grantOf(details) {
  const grant = new provider.Grant({ accountId: next.person, clientId: details.params.client_id })
  grant.addOIDCScope('openid email profile')
  return grant.save()
}

async function spoil(idToken) {
  const now = Math.floor(Date.now() / 1000)
  const claims = decodeJwt(idToken)
  const times = next.forge === 'expired' ? { iat: now - 7200, exp: now - 3600 } : {}
  const key = next.forge === 'key' ? anothers : ours
  return new SignJWT({ ...claims, ...times, ...next.replace })
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .sign(await importJWK(key, 'RS256'))
}

provider.use(async (ctx, following) => {
  if (ctx.path === '/test') {
    let body = ''
    for await (const part of ctx.req) body += part
    next = { person: 'nobody', claims: {}, amr: ['pwd'], forge: '', ...JSON.parse(body) }
    ctx.status = 204
    return
  }
  if (ctx.path.startsWith('/interaction/')) {
    const details = await provider.interactionDetails(ctx.req, ctx.res)
    const result = details.prompt.name === 'login'
      ? { login: { accountId: next.person, remember: false, amr: next.amr } }
      : { consent: { grantId: await grantOf(details) } }
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result))
    return
  }
  await following()
  if (ctx.path === '/token' && (next.forge || next.replace) && ctx.body?.id_token) {
    ctx.body = { ...ctx.body, id_token: await spoil(ctx.body.id_token) }
  }
})

provider.listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'))
