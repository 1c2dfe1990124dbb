/** The one class of @kubernetes/client-node that runs here; importing the whole package would triple the program. */
export { OpenIDConnectAuth } from '@kubernetes/client-node/dist/oidc_auth.js';
