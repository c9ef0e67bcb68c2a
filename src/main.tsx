import { render } from 'preact';
import { App } from './ui/app.tsx';
import './ui/styles/tokens.css';
import './ui/styles/base.css';
import './ui/styles/parts.css';
import './ui/styles/views.css';

const root = document.getElementById('root');
if (root !== null) render(<App />, root);
