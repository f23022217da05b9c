// What each chart shows, as the columns of its table: [title, key].
const LENGTHS = [['名称', 'name'], ['中位数', 'median'], ['九成不超过', 'p90'], ['期限', 'limit'], ['件数', 'count'], ['超期', 'late']];

export const TABLES = {
  weeks: { columns: [['周（周一）', 'monday'], ['收到', 'received'], ['按期办结', 'in_time'], ['超期办结', 'late']] },
  stages: { columns: LENGTHS },
  clocks: { columns: LENGTHS },
  people: { columns: [['经办人', 'name'], ['角色', 'roles'], ['手中', 'held'], ['其中超期', 'red'], ['其中临近', 'yellow'], ['近 30 天办结', 'finished']] },
};
