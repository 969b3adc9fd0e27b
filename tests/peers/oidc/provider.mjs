// A certified OpenID provider for tests: node provider.mjs '{"port": .., "client": {..}, "accounts": {..}}'.
// Whoever types the name of an account on its login page, with any password, is that account.
import { Provider } from "oidc-provider";

const { port, client, accounts, inIdToken } = JSON.parse(process.argv[2]);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [client],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "given_name", "family_name"] },
  conformIdTokenClaims: !inIdToken,
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
  pkce: { required: () => true },
  cookies: { keys: ["for tests only"] },
});
provider.listen(port, "127.0.0.1", () => console.log("ready"));
