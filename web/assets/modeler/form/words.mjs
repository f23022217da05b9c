// What the form editor says, in Chinese. It has no hook for translations, so the build puts these in the place of its
// texts, and fails when one of them is no longer found or when a text appears that stands in neither list.
export const WORDS = {
  // The field types, as the palette shows them.
  'Checkbox': '勾选（是否）', 'Checkbox group': '多选', 'Date time': '日期', 'Date': '日期', 'Date & Time': '日期和时间', 'Dynamic list': '可增行的列表',
  'Expression': '算出的值', 'File picker': '附件', 'Group': '分组', 'Image view': '图片', 'Number': '数', 'Radio group': '单选',
  'Select': '下拉选择', 'Separator': '分隔线', 'Table': '表格（只看）', 'Tag list': '多选标签', 'Text area': '多行文字', 'Text field': '单行文字',
  'Text view': '说明文字', 'Components': '表单项', 'Search components': '查找表单项', 'No components found.': '没有找到。',
  'Input': '填写', 'Selection': '选择', 'Presentation': '显示', 'Containers': '容器', 'Action': '按钮', 'Clear content': '清空',
  // The drawing board.
  'Build your form': '在这里摆表单', 'Drag and drop components here to start designing.': '从左边拖表单项到这里。',
  'Drag and drop components here.': '拖表单项到这里。', 'Remove form field': '删除', 'No content to show.': '没有内容。', 'Nothing to show.': '没有内容。',
  'This is an image placeholder': '图片', 'Browse': '选择文件', 'No files selected': '还没有选文件', 'No results': '没有找到', 'All values selected': '都选了',
  'Previous page': '上一页', 'Next page': '下一页', 'Click to remove sorting': '不再排序', 'Skip to search': '跳到查找', 'Remove tag': '去掉', 'Search': '查找',
  'Increment': '步长', 'Decrement': '减', 'Value': '值', 'Name': '名称', 'Root': '整张表单', 'Opened in popup': '在窗口里打开', 'Save and close': '保存并关闭', 'Open modal windows': '打开窗口',
  // The panel.
  'Hide if': '什么时候隐藏', 'Condition under which the field is hidden': '条件成立时不显示，也不核对。',
  'Select a form field to edit its properties.': '点选一项，在这里设置。',
  'Multiple form fields are selected. Select a single form field to edit its properties.': '选中了几项。点选一项，在这里设置。',
  'General': '基本', 'Key': '名称（标识）', 'Label': '标题', 'Field label': '标题', 'Field description': '说明', 'Group label': '分组的标题', 'Table label': '表格的标题',
  'Date label': '日期的标题', 'Time label': '时间的标题', 'Text': '文字', 'Type': '类型', 'Subtype': '种类', 'Required': '必填', 'Read only': '只读', 'Disabled': '不能填',
  'Condition': '什么时候隐藏', 'Layout': '版面', 'Columns': '宽度（16 格）', 'Auto': '自动', 'Appearance': '外观', 'Prefix': '前缀', 'Suffix': '后缀', 'Validation': '要求',
  'Validation pattern': '格式', 'Custom': '自定', 'Custom regular expression': '正则表达式', 'Custom error message': '不符合时的提示', 'Email': '电子邮箱', 'Phone': '电话',
  'Minimum': '最小', 'Maximum': '最大', 'Minimum length': '最少字数', 'Maximum length': '最多字数', 'Decimal digits': '小数位数', 'Default value': '默认值',
  'Default number of items': '开头几行', 'Allow add/delete items': '可以增删行', 'Disable collapse': '不折叠', 'Number of non-collapsing items': '不折叠的行数',
  'Options source': '选项从哪里来', 'Static options': '选项', 'Dynamic options': '选项的变量', 'Options expression': '选项的表达式', 'List of items': '变量里的清单',
  'Input data': '变量', 'Input values key': '变量的名称', 'Column': '列', 'Column 1': '列 1', 'Column 2': '列 2', 'Column 3': '列 3', 'Header items': '列', 'Headers source': '列从哪里来', 'Data source': '数据从哪里来',
  'Pagination': '分页', 'Number of rows per page': '每页行数', 'Custom properties': '本系统的设置', 'Constraints': '限制', 'Disallow past dates': '不能早于今天', 'Use 24h': '24 小时制', 'Time interval': '时间间隔',
  'Time format': '时间写法', 'Serialization': '怎样保存', 'Output as string': '存成文字', 'Show outline': '显示边框', 'Vertical alignment': '上下对齐', 'Top': '上', 'Center': '中', 'Bottom': '下',
  'Image source': '图片地址', 'Alternative text': '图片的文字说明', 'Path': '名称（装进这个对象，可以不写）', 'Target value': '算什么', 'Compute on': '什么时候算', 'Value changes': '值变化时', 'Form submission': '提交时',
  'Checked': '勾上', 'Not checked': '不勾', 'Searchable': '可以查找', 'Upload multiple files': '可以传几个', 'Supported file formats': '可以传的格式', 'Height': '高度', 'Content': '内容', 'Repeatable': '可重复',
  'No timezone': '不带时区', 'UTC normalized': '换算成 UTC', 'UTC offset': '带时差',
  'Binds to a form variable': '提交后用这个名称取值', 'Allows arbitrary precision values': '原样保留数字', 'Height of the container in pixels.': '高度（像素）。',
  'Expression or static value (link/data URI)': '地址或表达式', 'Define which input property to populate the values from': '从哪个变量取选项',
  'Define an expression to populate the options from.': '用表达式给出选项。', 'Define an expression to calculate the value of this field': '用表达式算出这一项的值',
  'Specify the source from which to populate the table': '表格的数据从哪里来', 'Specify an expression to populate column items': '用表达式给出列',
  'Where the child variables of this component are pathed to.': '里面各项装进哪个对象。',
  'Routes the children of this component into a form variable, may be left empty to route at the root level.': '里面各项装进这个对象；不写就不装。',
  'Routes the children of this component into a form variable.': '里面各项装进这个对象。', 'Descriptive text for screen reader accessibility.': '读屏软件读给看不见的人听。',
  'Link referring to a hosted image, or use a data URI directly to embed image data into the form.': '图片的地址。',
  'Add properties directly to the form schema, useful to configure functionality in custom-built task applications and form renderers.': '本系统自己的设置，例如 flow（送进流程）、money、from、check。写法见手册。',
  'Make this field read-only when it cannot be edited by the end-user, but its content is important for them to see. Its data will still be submitted.': '看得见、改不了，仍会提交。',
  'Disable this field when it should not be interactive for end-users. Its data will not be submitted. This setting takes precedence over read-only.': '看得见、不能填，也不提交。',
  'The error message to display when the input does not match the regular expression.': '不符合格式时给人看的话。',
  'Enter a form input variable that contains the data for the table or define an expression to populate the data dynamically.': '放数据的变量，或算出数据的表达式。',
  'The built-in phone validation pattern is based on the E.164 standard with no spaces. Ex: +491234567890': '电话请用设置 kind = phone。', 'Learn more': '更多',
  'Create new list item': '增加一项', 'Create': '增加', 'Toggle section': '展开或收起', 'Section contains an error': '这里有错', 'Section contains edits': '这里填了东西', 'Toggle list item': '展开或收起',
  'Delete item': '删除这一项', 'Open pop-up editor': '在窗口里打开', 'Opened in editor': '在窗口里打开', 'FEEL expression is mandatory': '要写 FEEL 表达式', 'Unparsable FEEL expression.': 'FEEL 表达式写法不对。', 'Open documentation': '打开说明',
  // What is wrong with a setting.
  'Must be a valid QName.': '只能用字母、数字和下划线。', 'Must be a variable or a dot separated path.': '只能是名称，或用点连起来的名称。',
  'Must be a variable or a dot-separated path': '只能是名称，或用点连起来的名称', 'Must be empty, a variable or a dot-separated path': '不写，或者写名称',
  'Must be number': '要是数', 'Must be unique.': '不能重复。', 'Must not be a prohibited path.': '这个名称不能用。', 'Must not be empty': '不能为空', 'Must not be empty.': '不能为空。',
  'Must not cause two binding paths to collide': '和别的名称冲突', 'Must not conflict with other key/path assignments.': '和别的名称冲突。', 'Must not contain numerical path segments.': '名称不能是数字。',
  'Must not contain prefix.': '不能带前缀。', 'Must not contain spaces.': '不能有空格。', 'Should be a valid number': '要是数', 'Should be a valid number.': '要是数。', 'Should be an integer.': '要是整数。',
  'Should be greater than or equal to zero.': '不能小于零。', 'Should be greater than zero.': '要大于零。', 'Value must be a number.': '要是数。',
};

// Of fields that the server does not draw and the palette does not offer, of messages for programmers, and samples.
export const LEFT = /iFrame|X-FRAME|HTTPS|URL must start|document|Document|^Button$|^Submit$|^Reset$|HTML view|Security attributes|security risks|Storage access|Microphone|Camera|Geolocation|Top level navigation|Open popups|Script execution|same origin|Open in fullscreen|Forms submission|Version tag|preview window|preview container|^URL$|^Spacer$|Powered by|Additional details|Drop |registry$|John Doe|Erika|Dominic|External content|FilterContext|^Use a unique|^M[\d.]+|^[A-Z][\d.,\- ]/;

// Sentences with a hole: the text of the package, what stands in its place.
export const SENTENCES = [
  ["'Use a unique \"key\" to link the form element and the related input/output data. When dealing with nested data, break it down in the user task\\'s input mapping before using it.'", "'提交的数据用这个名称，同一张表单里不能重复。'"],
  ["return 'Form';", "return '表单';"],
  ['`Create ${getIndefiniteArticle(type)} ${label} element`', '`放一个：${label}`'],
  ['`Minimum ${MIN_COLUMNS} columns are allowed`', '`最窄 ${MIN_COLUMNS} 格`'],
  ['`Maximum ${MAX_COLUMNS} columns are allowed`', '`最宽 ${MAX_COLUMNS} 格`'],
  ['`New value exceeds the maximum of ${MAX_COLUMNS_PER_ROW} columns per row`', '`一行最多 ${MAX_COLUMNS_PER_ROW} 格`'],
  ['`Maximum ${MAX_FIELDS_PER_ROW} fields per row are allowed`', '`一行最多 ${MAX_FIELDS_PER_ROW} 项`'],
  ["`Expression for '${key}'`", '`算出：${key}`'],
  ['`Remove ${entry.label}`', '`删除：${entry.label}`'],
  ["`List contains {numOfItems} item${items.length != 1 ? 's' : ''}`", '`共 {numOfItems} 项`'],
  ["`Click to ${active ? 'remove' : 'set a'} dynamic value with FEEL expression`", "`${active ? '不用' : '改用'}表达式`"],
  ['`Should not contain more than ${decimalDigits} decimal digits`', '`小数最多 ${decimalDigits} 位`'],
  ['`Should be at least ${min}.`', '`不能小于 ${min}。`'],
  ['`Should be at most ${max}.`', '`不能大于 ${max}。`'],
  ['`Should be at least ${minimumValue.toString()}.`', '`不能小于 ${minimumValue.toString()}。`'],
  ['`Should not contain more than ${decimalDigits} decimal digits.`', '`小数最多 ${decimalDigits} 位。`'],
];
