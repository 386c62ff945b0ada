// The page's beginning: who is here? First-run set-up, sign-in, or the page itself.
import { accessKey, api, ApiError, onOutcome, Unreachable, type Me } from './api';
import { Shell } from './shell';
import { t } from './texts';
import { Trouble } from './trouble';
import { renderFirstRun } from './panels/firstRun';
import { renderPasswordLink } from './panels/passwordLink';
import { renderSignIn } from './panels/signIn';

const root = document.getElementById('app')!;
const trouble = new Trouble(document.getElementById('trouble')!);
let shell: Shell | null = null;

takeKeyFromAddress();
onOutcome(outcome => {
  trouble.take(outcome);
  if (outcome.kind === 'signed-out' && shell) signedOut(t.signIn.outByServer(t.signIn.ended));
});
addEventListener('hashchange', () => { if (location.hash.startsWith('#password=')) void begin(); });
void begin();

// A ready link: http://…/#token=…. The fragment never leaves the browser, and is gone from the address at once.
function takeKeyFromAddress(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (!token) return;
  accessKey.set(token);
  history.replaceState(null, '', location.pathname);
}

async function begin(reason = ''): Promise<void> {
  const link = new URLSearchParams(location.hash.slice(1)).get('password');
  if (link) {
    renderPasswordLink(root, { link, done: text => { history.replaceState(null, '', location.pathname); showSignIn(text); } });
    return;
  }

  try {
    if (!accessKey.get() && await setupNeeded()) {
      renderFirstRun(root, { done: () => void begin(t.firstRun.finished), useKey: () => showSignIn('', true) });
      return;
    }
    enter(await api.me());
  } catch (error) {
    if (error instanceof Unreachable || (error instanceof ApiError && error.status >= 500)) {
      trouble.onBack = () => void begin(reason);
      if (error instanceof ApiError) setTimeout(() => void begin(reason), 2000);
      return;
    }
    const badKey = accessKey.get() !== null;
    accessKey.set(null);
    showSignIn(badKey ? t.signIn.keyWrong : reason);
  }
}

async function setupNeeded(): Promise<boolean> {
  try {
    return (await api.setup.needed()).needed;
  } catch (error) {
    if (error instanceof ApiError && (error.missing || error.status < 500)) return false;
    throw error;
  }
}

function enter(me: Me): void {
  trouble.onBack = () => shell?.recovered();
  shell = new Shell(root, me, trouble, { signOut: () => void signOut() });
}

async function signOut(): Promise<void> {
  if (!accessKey.get()) await api.signOut().catch(() => {});
  signedOut(t.signIn.outByYou);
}

function signedOut(reason: string): void {
  shell?.dispose();
  shell = null;
  accessKey.set(null);
  showSignIn(reason);
}

function showSignIn(reason: string, withKey = false): void {
  renderSignIn(root, { reason, enter: () => void begin() }, withKey);
}
