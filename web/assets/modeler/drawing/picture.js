// The drawing as a picture of points, twice as fine as the screen, on white.
const FINE = 2;
const LARGEST = 8000;

export function bitmap(svg) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => {
      const scale = Math.min(FINE, LARGEST / Math.max(image.width, image.height));
      const canvas = Object.assign(document.createElement('canvas'), { width: image.width * scale, height: image.height * scale });
      const context = canvas.getContext('2d');
      context.fillStyle = '#fff';
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('图片太大'))), 'image/png');
    };
    image.onerror = () => reject(new Error('图片没有生成'));
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  });
}
