import { render } from 'preact';
import { useState } from 'preact/hooks';
import type { EditorConnection } from '../../../src/deluge/editor/connection.ts';
import { DelugeEditor } from '../../../src/ui/parts/deluge-editor.tsx';
import '../../../src/ui/styles/tokens.css';
import '../../../src/ui/styles/base.css';
import '../../../src/ui/styles/parts.css';
import '../../../src/ui/styles/views.css';

const CONNECTIONS: readonly EditorConnection[] = [
  {
    linkName: 'books_admin',
    displayName: 'Books for the agency',
    typeLabel: 'Admin',
    status: 'Connected until 24 Nov 2026',
    account: 'dana@estate.example',
    state: 'ok',
  },
  {
    linkName: 'sheet_user',
    displayName: 'Sold sheet',
    typeLabel: 'Logged-in user',
    status: 'Not connected: never authorized',
    account: null,
    state: 'ok',
  },
  {
    linkName: 'old_desk',
    displayName: 'Old desk',
    typeLabel: 'Admin',
    status: 'Connected',
    account: 'dana@estate.example',
    state: 'retired',
  },
  { linkName: 'sms_paused', displayName: 'Messages', typeLabel: 'Admin', status: 'Not connected: paused', account: null, state: 'paused' },
  { linkName: 'other_app', displayName: 'Another’s books', typeLabel: 'Admin', status: 'Connected', account: null, state: 'elsewhere' },
];

const SAMPLE = `// Tells the agency's books that a property is sold.
void notify.sold(string id, decimal price)
{
	invoice = Map();
	invoice.put("reference", id);
	invoice.put("total", price * 1.19);
	try
	{
		response = invokeurl
		[
			url: "https://books.example/api/v3/invoices"
			type: POST
			parameters: invoice.toString()
			connection: "books_admin"
		];
		info response.get("code");
	}
	catch (e)
	{
		info "line " + e.lineNo + ": " + e.message;
	}
}
`;

const params = new URLSearchParams(location.search);

const Page = () => {
  const [text, setText] = useState(params.get('text') ?? SAMPLE);
  const [connections, setConnections] = useState(CONNECTIONS);
  const [opened, setOpened] = useState<readonly string[]>([]);
  const [runs, setRuns] = useState(0);
  return (
    <main
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.ctrlKey) setRuns(runs + 1);
      }}
    >
      <h1>Script</h1>
      <p id="what-for" class="hint">
        Runs when a property is sold.
      </p>
      <DelugeEditor
        id="script"
        label="Deluge script"
        value={text}
        onInput={setText}
        connections={connections}
        onOpenConnection={(linkName) => setOpened([...opened, linkName])}
        describedBy="what-for"
      />
      <div class="actions">
        <button type="button" class="button" onClick={() => setText('info "from outside";\n')}>
          Load another script
        </button>
        <button type="button" class="button" onClick={() => setConnections([])}>
          Take the connections away
        </button>
      </div>
      <h2>What the page knows</h2>
      <div data-testid="text" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {text}
      </div>
      <p data-testid="opened">{opened.join(' ')}</p>
      <p data-testid="runs">{runs}</p>
    </main>
  );
};

const root = document.getElementById('root');
if (root !== null) render(<Page />, root);
