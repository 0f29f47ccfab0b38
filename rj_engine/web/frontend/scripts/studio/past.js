// What a drawing, decision or form was before, so that one can go back even after the page was loaded again. Kept for this tab alone; none of them holds anybody's data.
const MOST = 30;
const LARGEST = 1_500_000;

export class Past {
  constructor(key, text) {
    this.key = `rj-past:${key}`;
    const { kept, at } = this.read();
    [this.kept, this.at] = kept[at] === text ? [kept, at] : [[text], 0];
  }

  read() {
    try {
      const { kept, at } = JSON.parse(sessionStorage.getItem(this.key));
      return { kept, at };
    } catch {
      return { kept: [], at: 0 };
    }
  }

  // A step back that is taken by other means is no step on.
  note(text) {
    if (text === this.kept[this.at]) {
      return;
    }
    if (text === this.kept[this.at - 1]) {
      this.at -= 1;
    } else {
      this.kept = [...this.kept.slice(0, this.at + 1), text].slice(-MOST);
      while (this.kept.length > 1 && this.kept.reduce((sum, each) => sum + each.length, 0) > LARGEST) {
        this.kept.shift();
      }
      this.at = this.kept.length - 1;
    }
    this.write();
  }

  step(by) {
    const text = this.kept[this.at + by];
    if (text !== undefined) {
      this.at += by;
      this.write();
    }
    return text;
  }

  write() {
    try {
      sessionStorage.setItem(this.key, JSON.stringify({ kept: this.kept, at: this.at }));
    } catch {
      sessionStorage.removeItem(this.key);
    }
  }
}
