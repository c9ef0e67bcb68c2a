import { render } from 'preact';
import { Popup } from './ui/popup/popup.tsx';
import './ui/styles/tokens.css';
import './ui/styles/base.css';
import './ui/styles/parts.css';
import './ui/styles/popup.css';

const root = document.getElementById('root');
if (root !== null) render(<Popup />, root);
