import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Box } from 'ink';
import { render } from 'ink-testing-library';
import { Lines, LineView } from '../../src/tui/components/line-view.tsx';
import { line, span } from '../../src/tui/text/line.ts';
import { themeFor } from '../../src/tui/theme/theme.ts';

const theme = themeFor({ LANG: 'C.UTF-8' });

test('spans are joined into one row', () => {
  const { lastFrame, unmount } = render(
    <LineView
      line={line(span('✗ violation', 'class:violation'), ' in ', span('shop', 'strong'))}
      theme={theme}
    />,
  );
  assert.equal(lastFrame(), '✗ violation in shop');
  unmount();
});

test('a line longer than its box is cut, never wrapped', () => {
  const { lastFrame, unmount } = render(
    <Box width={8} flexDirection="column">
      <Lines lines={[line('0123456789'), line('next')]} theme={theme} />
    </Box>,
  );
  assert.equal(lastFrame(), '0123456…\nnext');
  unmount();
});

test('an empty line takes its row', () => {
  const lines = [line('one'), line(), line(span('')), line('four')];
  const { lastFrame, unmount } = render(
    <Box flexDirection="column">
      <Lines lines={lines} theme={theme} />
    </Box>,
  );
  assert.equal(lastFrame()?.split('\n').length, 4);
  unmount();
});

test('in an ASCII locale each character of another kind becomes one question mark', () => {
  const { lastFrame, unmount } = render(<LineView line={line('é→本')} theme={themeFor({ LANG: 'C' })} />);
  assert.equal(lastFrame(), '???');
  unmount();
});
